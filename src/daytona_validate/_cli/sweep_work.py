"""What the command `sweep` does."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from daytona_validate._cli.command_settings import DAYTONA, chosen_settings
from daytona_validate._cli.daytona_access import with_service
from daytona_validate._cli.exit_codes import ExitCode
from daytona_validate._cli.screen.log_on_screen import log_on
from daytona_validate._cli.screen.screen import Screen
from daytona_validate._providers.daytona.sweep import Swept, created_at, sweep
from daytona_validate._providers.daytona.wire.parse import SandboxAnswer
from daytona_validate._providers.daytona.wire.service import Service


def sweep_leftovers(older_than_s: float, *, env_file: Path | None, is_dry_run: bool) -> ExitCode:
    """Remove what was left behind, each named on stdout, and say how many there were.

    Raises:
        ConfigurationError: A setting is wrong or missing.
        SandboxUnavailable: The service cannot be asked.
    """
    screen = Screen()
    settings = chosen_settings(DAYTONA, env_file=env_file, screen=screen).settings
    now = datetime.now(UTC)

    def tell(found: tuple[SandboxAnswer, ...]) -> None:
        for each in found:
            screen.result(f"{each.name or each.id}  {_age(each, now)}\n")

    async def work(service: Service) -> Swept:
        return await sweep(service, older_than_s, now=now, is_dry_run=is_dry_run, on_found=tell)

    with log_on(screen):
        swept = with_service(
            settings, work, screen=screen, if_interrupted="what is left ends by itself"
        )
    count = len(swept.found)
    if is_dry_run:
        screen.note(f"{count} would be removed")
    else:
        screen.note(f"{swept.removed} of {count} removed")
    return ExitCode.UNAVAILABLE if swept.left else ExitCode.PASSED


def _age(sandbox: SandboxAnswer, now: datetime) -> str:
    made = created_at(sandbox)
    minutes = 0 if made is None else int((now - made).total_seconds() // 60)
    return f"{sandbox.state}, {minutes} min old"

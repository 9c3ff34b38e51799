"""The command `sweep`: remove sandboxes that were left behind at Daytona."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from daytona_validate._cli.exit_codes import ExitCode
from daytona_validate._cli.screen.screen import Screen
from daytona_validate._cli.shared_options import env_file_option

if TYPE_CHECKING:
    from pathlib import Path

    from daytona_validate._providers.daytona.sweep import Swept
    from daytona_validate._providers.daytona.wire.parse import SandboxAnswer
    from daytona_validate._providers.daytona.wire.service import Service

EPILOG = """\b
Examples:
  daytona-validate sweep --dry-run
  daytona-validate sweep --older-than 1h
"""
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def _seconds(_ctx: click.Context, _param: click.Parameter, value: str) -> float:
    found = re.fullmatch(r"(\d{1,6}(?:\.\d{1,3})?)([smhd])", value.strip())
    if found is None:
        raise click.BadParameter(f"{value!r} is no age: write 90s, 10m, 2h or 1d")
    return float(found[1]) * _UNITS[found[2]]


@click.command(epilog=EPILOG)
@click.option(
    "--older-than",
    callback=_seconds,
    default="10m",
    show_default=True,
    metavar="AGE",
    help="Leave younger ones alone: they may be in use. As 90s, 10m, 2h or 1d.",
)
@env_file_option
@click.option("--dry-run", is_flag=True, help="Only list what would be removed.")
def sweep(*, older_than: float, dry_run: bool, env_file: Path | None) -> None:
    """Remove sandboxes that were left behind at Daytona.

    They end by themselves some minutes after their work; this is for those that do not, and for
    whoever needs their place now. Only those that daytona-validate made are removed.

    Exits with 0 if none is left, 3 if some could not be removed.
    """
    from daytona_validate._cli.daytona_access import daytona_settings, with_service
    from daytona_validate._cli.screen.log_on_screen import log_on
    from daytona_validate._providers.daytona import sweep as service_sweep

    screen = Screen()
    settings = daytona_settings(env_file, screen)
    now = datetime.now(UTC)

    def tell(found: tuple[SandboxAnswer, ...]) -> None:
        for each in found:
            state = f"{each.state}, {_minutes(service_sweep.created_at(each), now)} min old"
            screen.result(f"{each.name or each.id}  {state}\n")

    async def work(service: Service) -> Swept:
        return await service_sweep.sweep(
            service, older_than, now=now, is_dry_run=dry_run, on_found=tell
        )

    with log_on(screen):
        swept = with_service(
            settings,
            work,
            screen=screen,
            if_interrupted="sandboxes that are left end by themselves",
        )
    count = len(swept.found)
    screen.note(
        f"sandboxes that would be removed: {count}"
        if dry_run
        else f"sandboxes removed: {swept.removed} of {count}"
    )
    raise SystemExit(ExitCode.UNAVAILABLE if swept.left else ExitCode.PASSED)


def _minutes(made: datetime | None, now: datetime) -> int:
    return 0 if made is None else int((now - made).total_seconds() // 60)

"""The commands `snapshots build`, `snapshots list` and `snapshots delete`."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import click

from daytona_validate._cli.course_options import language_of
from daytona_validate._cli.exit_codes import ExitCode
from daytona_validate._cli.screen.columns import columns
from daytona_validate._cli.screen.prefixed_lines import PrefixedLines
from daytona_validate._cli.screen.screen import Screen
from daytona_validate._cli.shared_options import env_file_option, output_format_option
from daytona_validate._errors import ConfigurationError, SandboxUnavailable

if TYPE_CHECKING:
    from pathlib import Path

    from daytona_validate._providers.daytona.images import Image
    from daytona_validate._providers.daytona.wire.parse import SnapshotAnswer
    from daytona_validate._providers.daytona.wire.service import Service

AT_ONCE = 3
"""Builds at a time: each takes a runner of the organization's."""


@click.group()
def snapshots() -> None:
    """Build, list or delete what Daytona's sandboxes start from.

    That is a snapshot for each language, which holds the configured packages too. Its name tells
    what it was built from: other packages, limits or versions of this program need another one.
    """


@snapshots.command(
    epilog="""\b
Examples:
  daytona-validate snapshots build
  daytona-validate snapshots build python sql
  DAYTONA_PACKAGES__PYTHON=numpy daytona-validate snapshots build python
"""
)
@click.argument("languages", nargs=-1, metavar="[LANGUAGE]...")
@env_file_option
@click.option("-q", "--quiet", "is_quiet", is_flag=True, help="Leave out what the builds print.")
def build(*, languages: tuple[str, ...], env_file: Path | None, is_quiet: bool) -> None:
    """Build the snapshots of some languages, or of all, that are not there yet.

    Takes some minutes for each. One that Daytona put to sleep is activated, one whose build failed
    is built again. Interrupted, the builds go on; the same command waits for them.

    Exits with 0 if all are ready, 3 if one is not.
    """
    import asyncio

    from daytona_validate._cli.daytona_access import daytona_settings, images_of, with_service

    screen = Screen()
    settings = daytona_settings(env_file, screen)
    images = images_of(settings, [language_of(name) for name in languages])

    async def work(service: Service) -> bool:
        places = asyncio.Semaphore(AT_ONCE)

        async def one(wanted: Image) -> bool:
            async with places:
                return await _is_built(
                    service, wanted, screen, is_quiet=is_quiet, region=settings.target
                )

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(each)) for each in images]
        return all(task.result() for task in tasks)

    are_ready = with_service(
        settings,
        work,
        screen=screen,
        if_interrupted="builds that have begun go on, and the same command waits for them",
    )
    raise SystemExit(ExitCode.PASSED if are_ready else ExitCode.UNAVAILABLE)


async def _is_built(
    service: Service, wanted: Image, screen: Screen, *, is_quiet: bool, region: str | None
) -> bool:
    """Build one snapshot, unless it is there; return whether it can be used."""
    from daytona_validate._providers.daytona import snapshots as service_snapshots

    lines = PrefixedLines(f"{wanted.language}: ", screen.note)
    on_log: Callable[[str], None] = (lambda _: None) if is_quiet else lines.add
    began_s = time.monotonic()
    screen.note(f"{wanted.language}: asking Daytona for {wanted.name}")
    try:
        done = await service_snapshots.build(service, wanted, on_log, region=region)
    except SandboxUnavailable as error:
        lines.end()
        screen.error(f"error: {wanted.language}: {error}")
        return False
    lines.end()
    is_new = done is not service_snapshots.Done.THERE
    took = f" in {time.monotonic() - began_s:.0f} s" if is_new else ""
    screen.note(f"{wanted.language}: {done}{took}")
    screen.result(f"{wanted.name} {done}\n")
    return True


@dataclass(frozen=True, slots=True)
class _ListedSnapshot:
    """A snapshot of ours, as `snapshots list` shows it."""

    name: str
    language: str
    state: str
    problem: str | None
    is_used: bool
    """Whether these settings use it."""

    def cells(self) -> tuple[str, ...]:
        return (self.name, self.language, self.state, "yes" if self.is_used else "no")


@snapshots.command("list")
@env_file_option
@output_format_option("text", "json")
def list_snapshots(*, env_file: Path | None, output_format: str) -> None:
    """List the snapshots of daytona-validate, and which of them these settings use."""
    from daytona_validate._cli.daytona_access import daytona_settings, images_of, with_service
    from daytona_validate._providers.daytona.images import language_of_snapshot
    from daytona_validate._providers.daytona.snapshots import lacks_supervisor, listed

    screen = Screen()
    settings = daytona_settings(env_file, screen)
    used = {each.name: each for each in images_of(settings)}
    found = with_service(settings, listed, screen=screen, if_interrupted="nothing was changed")
    rows = [
        _ListedSnapshot(
            each.name,
            language_of_snapshot(each.name) or "",
            each.state,
            each.error_reason,
            is_used=each.name in used,
        )
        for each in found
    ]
    if output_format == "json":
        value = {"schema_version": 1, "snapshots": [asdict(row) for row in rows]}
        screen.data(json.dumps(value) + "\n")
        return
    if rows:
        head = ("NAME", "LANGUAGE", "STATE", "USED")
        screen.result(columns([head, *(row.cells() for row in rows)]))
    there = {row.name for row in rows}
    missing = " ".join(each.language for name, each in used.items() if name not in there)
    if missing:
        screen.note(
            f"these settings need more snapshots: daytona-validate snapshots build {missing}"
        )
    if lacking := [each.name for each in found if each.name in used and lacks_supervisor(each)]:
        screen.note(f"without a supervisor of this version: {' '.join(lacking)}")
        screen.note("each run sends it; delete and build these snapshots again to save that")


@snapshots.command(
    epilog="""\b
Examples:
  daytona-validate snapshots delete daytona-validate-go-0a1b2c3d
  daytona-validate snapshots delete --outdated
"""
)
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--all", "is_all", is_flag=True, help="All of daytona-validate's.")
@click.option(
    "--outdated",
    is_flag=True,
    help="All that these settings do not use. Others of your organization may use them.",
)
@env_file_option
def delete(*, names: tuple[str, ...], is_all: bool, outdated: bool, env_file: Path | None) -> None:
    """Delete snapshots of daytona-validate, and no others."""
    if [bool(names), is_all, outdated].count(True) != 1:
        raise click.UsageError("give names, or --all, or --outdated")
    from daytona_validate._cli.daytona_access import daytona_settings, images_of, with_service
    from daytona_validate._providers.daytona.snapshots import listed

    screen = Screen()
    settings = daytona_settings(env_file, screen)
    used = {each.name for each in images_of(settings)}

    async def work(service: Service) -> ExitCode:
        found = {each.name: each for each in await listed(service)}
        unknown = [name for name in names if name not in found]
        if unknown:
            raise ConfigurationError(
                f"no snapshot of daytona-validate is called {', '.join(unknown)}"
            )
        chosen = names or [name for name in found if is_all or name not in used]
        codes = [await _delete(service, found[name], screen) for name in dict.fromkeys(chosen)]
        screen.note(f"snapshots deleted: {codes.count(ExitCode.PASSED)} of {len(codes)}")
        return max(codes, default=ExitCode.PASSED)

    code = with_service(
        settings, work, screen=screen, if_interrupted="no more snapshots are deleted"
    )
    raise SystemExit(code)


async def _delete(service: Service, snapshot: SnapshotAnswer, screen: Screen) -> ExitCode:
    from daytona_validate._providers.daytona.snapshots import remove

    try:
        await remove(service, snapshot)
    except SandboxUnavailable as error:
        screen.error(f"error: {snapshot.name}: {error}")
        return ExitCode.UNAVAILABLE
    screen.result(f"{snapshot.name} deleted\n")
    return ExitCode.PASSED

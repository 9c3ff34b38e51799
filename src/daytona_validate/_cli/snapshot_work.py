"""What the commands `snapshots …` do."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from daytona_validate._cli.command_settings import DAYTONA, chosen_settings
from daytona_validate._cli.course_options import language_of
from daytona_validate._cli.daytona_access import with_service
from daytona_validate._cli.exit_codes import ExitCode
from daytona_validate._cli.screen.columns import columns
from daytona_validate._cli.screen.prefixed_lines import PrefixedLines
from daytona_validate._cli.screen.screen import Screen
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._errors import ConfigurationError, SandboxUnavailable
from daytona_validate._providers.daytona.images import (
    Image,
    image,
    language_of_snapshot,
    resources_for,
)
from daytona_validate._providers.daytona.snapshots import Done, build, listed, remove
from daytona_validate._providers.daytona.wire.parse import SnapshotAnswer
from daytona_validate._providers.daytona.wire.service import Service
from daytona_validate._settings import Settings

AT_ONCE = 3
"""Builds at a time: each takes a runner of the organization's."""
_BUILDS_GO_ON = "builds that have begun go on, and the same command waits for them"
_NOTHING_MORE = "no more snapshots are deleted"


def images_of(settings: Settings, names: Iterable[str] = LANGUAGES) -> tuple[Image, ...]:
    """Return what these settings need, for languages by their names in the table."""
    resources = resources_for(settings.limits(), cpu=settings.cpu)
    return tuple(image(name, settings.packages.get(name, ()), resources) for name in names)


def build_snapshots(languages: Sequence[str], *, env_file: Path | None, is_quiet: bool) -> ExitCode:
    """Build what is not there yet, and say of each what came of it.

    Raises:
        ConfigurationError: A language is unknown, or a setting is wrong or missing.
    """
    screen = Screen()
    settings = chosen_settings(DAYTONA, env_file=env_file, screen=screen).settings
    names = dict.fromkeys(map(language_of, languages)) or LANGUAGES
    images = images_of(settings, names)

    async def work(service: Service) -> ExitCode:
        builds = _Builds(service, screen, is_quiet=is_quiet, region=settings.target)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(builds.one(each)) for each in images]
        is_good = all(task.result() for task in tasks)
        return ExitCode.PASSED if is_good else ExitCode.UNAVAILABLE

    return with_service(settings, work, screen=screen, if_interrupted=_BUILDS_GO_ON)


class _Builds:
    """Some builds at a time, each with lines of its own."""

    def __init__(
        self, service: Service, screen: Screen, *, is_quiet: bool, region: str | None
    ) -> None:
        self._service = service
        self._screen = screen
        self._is_quiet = is_quiet
        self._region = region
        self._places = asyncio.Semaphore(AT_ONCE)

    async def one(self, wanted: Image) -> bool:
        """Have one snapshot, and return whether it can be had."""
        lines = PrefixedLines(f"{wanted.language}: ", self._screen.note)
        on_log: Callable[[str], None] = (lambda _: None) if self._is_quiet else lines.add
        async with self._places:
            began_s = time.monotonic()
            self._screen.note(f"{wanted.language}: {wanted.name} is asked for")
            try:
                done = await build(self._service, wanted, on_log, region=self._region)
            except SandboxUnavailable as error:
                lines.end()
                self._screen.error(f"error: {wanted.language}: {error}")
                return False
        lines.end()
        took = "" if done is Done.THERE else f" in {time.monotonic() - began_s:.0f} s"
        self._screen.note(f"{wanted.language}: {done}{took}")
        self._screen.result(f"{wanted.name} {done}\n")
        return True


@dataclass(frozen=True, slots=True)
class _Row:
    """A snapshot, and whether these settings use it."""

    snapshot: SnapshotAnswer
    is_used: bool

    @property
    def language(self) -> str:
        return language_of_snapshot(self.snapshot.name) or ""

    def value(self) -> dict[str, object]:
        return {
            "name": self.snapshot.name,
            "language": self.language,
            "state": self.snapshot.state,
            "problem": self.snapshot.error_reason,
            "is_used": self.is_used,
        }


def show_snapshots(*, env_file: Path | None, is_json: bool) -> None:
    """List the snapshots of ours, and say for which languages there is none.

    Raises:
        ConfigurationError: A setting is wrong or missing.
        SandboxUnavailable: The service cannot be asked.
    """
    screen = Screen()
    settings = chosen_settings(DAYTONA, env_file=env_file, screen=screen).settings
    images = {each.name: each for each in images_of(settings)}
    found = with_service(settings, listed, screen=screen, if_interrupted="nothing was changed")
    rows = [_Row(each, each.name in images) for each in found]
    if is_json:
        value = {"schema_version": 1, "snapshots": [row.value() for row in rows]}
        screen.data(json.dumps(value) + "\n")
        return
    head = ("NAME", "LANGUAGE", "STATE", "USED")
    if rows:
        screen.result(columns([head, *(_cells(row) for row in rows)]))
    there = {row.snapshot.name for row in rows}
    missing = " ".join(each.language for name, each in images.items() if name not in there)
    if missing:
        screen.note(f"these settings need more: daytona-validate snapshots build {missing}")


def _cells(row: _Row) -> tuple[str, ...]:
    return (row.snapshot.name, row.language, row.snapshot.state, "yes" if row.is_used else "no")


def delete_snapshots(names: Sequence[str], *, env_file: Path | None, is_all: bool) -> ExitCode:
    """Delete snapshots of ours: some by name, all, or those that these settings do not use.

    Args:
        names: Of those to delete; empty: see `is_all`.
        env_file: What `--env-file` says.
        is_all: Whether all are meant, or the outdated ones.

    Raises:
        ConfigurationError: One of the names is not there or not ours; nothing was deleted.
        SandboxUnavailable: The service cannot be asked.
    """
    screen = Screen()
    settings = chosen_settings(DAYTONA, env_file=env_file, screen=screen).settings
    used = {each.name for each in images_of(settings)}

    async def work(service: Service) -> ExitCode:
        found = {each.name: each for each in await listed(service)}
        unknown = [name for name in names if name not in found]
        if unknown:
            raise ConfigurationError(f"no snapshot of daytona-validate: {', '.join(unknown)}")
        chosen = names or [name for name in found if is_all or name not in used]
        codes = [await _delete(service, found[name], screen) for name in dict.fromkeys(chosen)]
        screen.note(f"{codes.count(ExitCode.PASSED)} of {len(codes)} deleted")
        return max(codes, default=ExitCode.PASSED)

    return with_service(settings, work, screen=screen, if_interrupted=_NOTHING_MORE)


async def _delete(service: Service, snapshot: SnapshotAnswer, screen: Screen) -> ExitCode:
    try:
        await remove(service, snapshot)
    except SandboxUnavailable as error:
        screen.error(f"error: {snapshot.name}: {error}")
        return ExitCode.UNAVAILABLE
    screen.result(f"{snapshot.name} deleted\n")
    return ExitCode.PASSED

"""The commands `toolchains install`, `toolchains list` and `toolchains prune`."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

import click

from daytona_validate._cli.exit_codes import ExitCode
from daytona_validate._cli.shared_options import output_format_option

if TYPE_CHECKING:  # they cost more than the whole of --help
    from daytona_validate._cli.this_host import ToolchainState
    from daytona_validate._toolchains.inventory import Pruned
    from daytona_validate._toolchains.prune import Installed
    from daytona_validate._toolchains.toolchains import Toolchains

Answer = TypeVar("Answer")

_MEBIBYTE = 1024 * 1024


@click.group()
def toolchains() -> None:
    """Install, list or prune the toolchains of the local sandboxes.

    The first run in a language prepares what it needs; `install` does it ahead of time.
    """


@toolchains.command(
    epilog="""\b
Examples:
  daytona-validate toolchains install
  daytona-validate toolchains install python
"""
)
@click.argument("languages", nargs=-1, metavar="[LANGUAGE]...")
def install(*, languages: tuple[str, ...]) -> None:
    """Prepare the toolchains of some languages, or of all.

    Copies them from where they are on this machine into the cache folder, where every sandbox
    can read them, and proves in a sandbox that the copy is what it was copied from.
    """
    states = _prepared(languages)
    for state in states:
        if state.is_usable:
            click.echo(f"{state.name} {state.text}")
        else:
            click.echo(f"error: {state.name}: {state.text}", err=True)
    if not all(state.is_usable for state in states):
        raise SystemExit(ExitCode.UNAVAILABLE)


@toolchains.command("list")
@output_format_option("text", "json")
def list_installed(*, output_format: str) -> None:
    """List the toolchains that are prepared on this machine."""
    found = _installed()
    if output_format == "json":
        click.echo(json.dumps({"schema_version": 1, "toolchains": [_value(e) for e in found]}))
        return
    if not found:
        click.echo("no toolchain is prepared yet: daytona-validate toolchains install", err=True)
        return
    from daytona_validate._cli.screen.columns import columns

    head = ("NAME", "VERSION", "SIZE", "USED", "SOURCE", "PATH")
    rows = [(e.name, e.version, _size(e), _used(e), e.source, str(e.path)) for e in found]
    click.echo(columns([head, *rows]), nl=False)
    total = sum(each.size_bytes for each in found) / _MEBIBYTE
    click.echo(f"prepared: {len(found)}, {total:.0f} MiB", err=True)


@toolchains.command(
    epilog="""\b
Examples:
  daytona-validate toolchains prune --dry-run
  daytona-validate toolchains prune --unused-for 30
"""
)
@click.option(
    "--unused-for",
    "unused_days",
    type=click.FloatRange(min=0),
    metavar="DAYS",
    help="Also what no process has begun to use for so many days.",
)
@click.option("--all", "everything", is_flag=True, help="Also all else.")
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Only tell what would be removed.")
def prune(*, unused_days: float | None, everything: bool, is_dry_run: bool) -> None:
    """Remove copies of toolchains that this machine no longer has, or has in another version.

    What a process uses just now always stays, so this is safe while others validate.
    """
    from daytona_validate._toolchains.prune import DAY_S, PruneRules

    rules = PruneRules(
        unused_for_s=None if unused_days is None else unused_days * DAY_S, everything=everything
    )

    async def work(found: Toolchains) -> list[Pruned]:
        return await found.prune(rules, is_dry_run=is_dry_run)

    done = _with_toolchains(work)
    for each in done:
        click.echo(_pruned_line(each, is_dry_run=is_dry_run))
    gone = [e.installed for e in done if e.is_removed or (is_dry_run and not e.installed.is_in_use)]
    verb = "copies to remove" if is_dry_run else "copies removed"
    total = sum(each.size_bytes for each in gone) / _MEBIBYTE
    click.echo(f"{verb}: {len(gone)}, {total:.0f} MiB", err=True)


def _pruned_line(each: Pruned, *, is_dry_run: bool) -> str:
    is_kept = not each.is_removed and (each.installed.is_in_use or not is_dry_run)
    verb = "in use, kept" if is_kept else "would remove" if is_dry_run else "removed"
    return f"{verb} {each.installed.path} ({_size(each.installed)}): {each.reason}"


def _size(installed: Installed) -> str:
    return f"{installed.size_bytes / _MEBIBYTE:.0f} MiB"


def _used(installed: Installed) -> str:
    return "now" if installed.is_in_use else _moment(installed)[:10]


def _moment(installed: Installed) -> str:
    return datetime.fromtimestamp(installed.last_used_s, UTC).isoformat(timespec="seconds")


def _value(installed: Installed) -> dict[str, object]:
    return {
        "name": installed.name,
        "version": installed.version,
        "source": installed.source,
        "size_bytes": installed.size_bytes,
        "last_used": _moment(installed),
        "is_in_use": installed.is_in_use,
        "path": str(installed.path),
    }


def _prepared(names: tuple[str, ...]) -> list[ToolchainState]:
    from daytona_validate._cli.course_options import language_of
    from daytona_validate._cli.this_host import (
        toolchain_names,
        toolchain_state,
    )
    from daytona_validate._core.languages.table import LANGUAGES

    wanted = dict.fromkeys(LANGUAGES[language_of(name)].toolchain for name in names)

    async def prepare(found: Toolchains) -> list[ToolchainState]:
        return [await toolchain_state(found, name) for name in wanted or toolchain_names()]

    return _with_toolchains(prepare)


def _installed() -> list[Installed]:
    from anyio import to_thread

    async def listed(found: Toolchains) -> list[Installed]:
        return await to_thread.run_sync(found.installed)

    return _with_toolchains(listed)


def _with_toolchains(work: Callable[[Toolchains], Awaitable[Answer]]) -> Answer:
    from daytona_validate._cli.command_settings import local_settings
    from daytona_validate._cli.screen.interrupt import run_until_interrupted
    from daytona_validate._cli.screen.screen import Screen
    from daytona_validate._cli.this_host import local_toolchains

    screen = Screen()
    settings = local_settings(screen)

    async def main() -> Answer:
        async with local_toolchains(settings, screen.note) as found:
            return await work(found)

    return run_until_interrupted(main, say=screen.error)

"""The commands `toolchains install`, `toolchains list` and `toolchains prune`."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

import click

from daytona_validate._cli.exit_codes import ExitCode
from daytona_validate._cli.shared_options import output_format_option

if TYPE_CHECKING:  # they cost more than the whole of --help
    from daytona_validate._cli.this_host import ToolchainState
    from daytona_validate._toolchains.toolchains import Installed, Toolchains

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

    head = ("NAME", "VERSION", "SIZE", "SOURCE", "PATH")
    rows = [
        (e.name, e.version, f"{e.size_bytes / _MEBIBYTE:.0f} MiB", e.source, str(e.path))
        for e in found
    ]
    click.echo(columns([head, *rows]), nl=False)


@toolchains.command()
def prune() -> None:
    """Remove copies of toolchains that this machine no longer has, or has in another version.

    Only while nothing else validates here: its sandboxes would lose their files.
    """
    from daytona_validate._toolchains.toolchains import Toolchains

    removed = _with_toolchains(Toolchains.prune)
    for path in removed:
        click.echo(f"removed {path}")
    click.echo(f"copies removed: {len(removed)}", err=True)


def _value(installed: Installed) -> dict[str, object]:
    return {
        "name": installed.name,
        "version": installed.version,
        "source": installed.source,
        "size_bytes": installed.size_bytes,
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
    async def listed(found: Toolchains) -> list[Installed]:
        return found.installed()

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

"""The commands `snapshots build`, `snapshots list` and `snapshots delete`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from daytona_validate._cli.env_file_option import env_file_option

if TYPE_CHECKING:
    from pathlib import Path


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
@click.option("-q", "--quiet", is_flag=True, help="Leave out what the builds print.")
def build(*, languages: tuple[str, ...], env_file: Path | None, quiet: bool) -> None:
    """Build the snapshots of some languages, or of all, that are not there yet.

    Takes some minutes for each. One that Daytona put to sleep is activated, one whose build failed
    is built again. Interrupted, the builds go on; the same command waits for them.

    Exits with 0 if all are ready, 3 if one is not.
    """
    from daytona_validate._cli.snapshot_work import build_snapshots  # noqa: PLC0415 - slow to load

    raise SystemExit(build_snapshots(languages, env_file=env_file, is_quiet=quiet))


@snapshots.command("list")
@env_file_option
@click.option(
    "--output-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="What is written to stdout.",
)
def list_snapshots(*, env_file: Path | None, output_format: str) -> None:
    """List the snapshots of daytona-validate, and which of them these settings use."""
    from daytona_validate._cli.snapshot_work import show_snapshots  # noqa: PLC0415 - slow to load

    show_snapshots(env_file=env_file, is_json=output_format == "json")


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
    from daytona_validate._cli.snapshot_work import delete_snapshots  # noqa: PLC0415 - slow to load

    raise SystemExit(delete_snapshots(names, env_file=env_file, is_all=is_all))

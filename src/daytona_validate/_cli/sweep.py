"""The command `sweep`: remove sandboxes that were left behind at Daytona."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from daytona_validate._cli.env_file_option import env_file_option

if TYPE_CHECKING:
    from pathlib import Path

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
    from daytona_validate._cli.sweep_work import sweep_leftovers  # noqa: PLC0415 - slow to load

    raise SystemExit(sweep_leftovers(older_than, env_file=env_file, is_dry_run=dry_run))

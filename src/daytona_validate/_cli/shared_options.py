"""The options that more than one command has, each the same wherever it stands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., object])

provider_option = click.option(
    "--provider",
    type=click.Choice(["auto", "daytona", "local"]),
    default=None,
    help="Who makes the sandboxes. auto (the default): Daytona if a key is set, else this machine.",
)

env_file_option = click.option(
    "--env-file",
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="Take all settings from this file, also key and address. A folder's .env counts less.",
)


def output_format_option(
    *formats: str, help_text: str = "What is written to stdout."
) -> Callable[[Command], Command]:
    """Return `--output-format`, passed as `output_format`; the first format is the default."""
    return click.option(
        "--output-format",
        type=click.Choice(formats),
        default=formats[0],
        show_default=True,
        help=help_text,
    )


def timeout_option(help_text: str) -> Callable[[Command], Command]:
    """Return `--timeout`, passed as `timeout_s`: seconds, more than none."""
    return click.option(
        "--timeout",
        "timeout_s",
        metavar="SECONDS",
        type=click.FloatRange(min=0, min_open=True),
        help=help_text,
    )

"""The options that say which files of a folder are read."""

from __future__ import annotations

import click

from daytona_validate._cli.shared_options import Command


def exclude_option(command: Command) -> Command:
    """Add the option that leaves out files of folders."""
    return click.option(
        "--exclude",
        multiple=True,
        metavar="PATTERN",
        help="Leave out these files of folders, as .gitignore would; several times.",
    )(command)

"""The option for servers, which would go on to their time limit."""

from __future__ import annotations

import click

from daytona_validate._cli.shared_options import Command


def listening_option(command: Command) -> Command:
    """Add the option that ends servers once they listen."""
    return click.option(
        "--until-listening",
        is_flag=True,
        help="End servers once they listen on a port, as passed. Python, JavaScript, TypeScript.",
    )(command)

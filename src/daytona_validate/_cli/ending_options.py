"""The options for when a program has passed: once it listens, or only if it reached its end."""

from __future__ import annotations

import functools
from enum import StrEnum
from typing import Any, cast

import click

from daytona_validate._cli.shared_options import Command


class PassedOnce(StrEnum):
    """What else a program must do, to pass, than exit with code 0: an option."""

    LISTENING = "--until-listening"
    AT_END = "--must-reach-end"

    @property
    def fields(self) -> dict[str, Any]:
        """The field of a snippet that asks for it."""
        return {self.value.removeprefix("--").replace("-", "_"): True}


def ending_options(command: Command) -> Command:
    """Add the options; the command gets what they say as `passed_once`, or None.

    Both together are a usage error.
    """

    @functools.wraps(command)
    def with_both(*args: Any, until_listening: bool, must_reach_end: bool, **others: Any) -> Any:  # noqa: ANN401 - any command's
        if until_listening and must_reach_end:
            names = " and ".join(PassedOnce)
            raise click.UsageError(f"{names} exclude each other: a server never reaches its end")
        asked = PassedOnce.LISTENING if until_listening else None
        asked = PassedOnce.AT_END if must_reach_end else asked
        return command(*args, passed_once=asked, **others)

    at_end = click.option(
        PassedOnce.AT_END.value,
        is_flag=True,
        help="Fail programs that exit with code 0 before their last statement has ended, as by "
        "sys.exit(0). For answers of models, followed by their tests.",
    )
    listening = click.option(
        PassedOnce.LISTENING.value,
        is_flag=True,
        help="End servers once they listen on a port, as passed. Python, JavaScript, TypeScript.",
    )
    return cast("Command", listening(at_end(with_both)))

"""What `--changed` makes of a path that stands behind it, where a revision may stand."""

from __future__ import annotations

import os
from collections.abc import Sequence

import click

OPTION = "--changed"
DEFAULT = "HEAD"


class CheckCommand(click.Command):
    """Command whose only path may stand behind `--changed`: `check --changed docs`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; once more, if the path was taken for a revision."""
        try:
            return super().parse_args(ctx, [*args])
        except click.MissingParameter as error:
            again = with_path(args) if error.param and error.param.name == "paths" else None
            if again is None:
                raise
        ctx.params.clear()
        return super().parse_args(ctx, again)


def with_path(arguments: Sequence[str]) -> list[str] | None:
    """Return arguments in which `--changed` leaves the path behind it; None: none is there.

    Args:
        arguments: Of a command that lacks a path.
    """
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    for at in range(len(options) - 2, -1, -1):
        if options[at] == OPTION and os.path.lexists(options[at + 1]):
            return [*arguments[:at], f"{OPTION}={DEFAULT}", *arguments[at + 1 :]]
    return None

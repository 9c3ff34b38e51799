"""The options of `check` that look at a former run, and their value."""

from __future__ import annotations

from dataclasses import dataclass

import click

from daytona_validate._cli.shared_options import Command
from daytona_validate._errors import ConfigurationError


def former_run_options(command: Command) -> Command:
    """Add the options; `FormerRunRules` takes their values."""
    return click.option(
        "--last-failed",
        is_flag=True,
        help="Leave out what passed when these paths were checked last; if all did, run all.",
    )(command)


@dataclass(frozen=True, slots=True)
class FormerRunRules:
    """What of a former run counts in this one."""

    last_failed: bool
    """Whether what passed is left out."""
    is_part: bool
    """Whether other options select a part of the course."""

    def check(self, paths: tuple[str, ...], *, is_list: bool) -> None:
        """Refuse the options where no former run can be known.

        Raises:
            ConfigurationError: They do not go with other options; the caller's fault.
        """
        if self.last_failed and "-" in paths:
            raise ConfigurationError("--last-failed takes files and folders, not stdin")
        if self.last_failed and is_list:
            raise ConfigurationError("--last-failed: not with --list")

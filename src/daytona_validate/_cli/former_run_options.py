"""The options of `check` that look at a former run, and their value."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from daytona_validate._cli.shared_options import Command
from daytona_validate._errors import ConfigurationError


def former_run_options(command: Command) -> Command:
    """Add the options; `FormerRunRules` takes their values."""
    command = click.option(
        "--resume",
        metavar="FILE",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="Take over the results in this jsonl report of an interrupted run; run only the rest.",
    )(command)
    return click.option(
        "--last-failed",
        is_flag=True,
        help="Leave out what passed when these paths were checked last; if all did, run all.",
    )(command)


@dataclass(frozen=True, slots=True)
class FormerRunRules:
    """What of a former run counts in this one."""

    resume: Path | None
    """The report whose results are taken over."""
    last_failed: bool
    """Whether what passed is left out."""
    is_part: bool
    """Whether other options select a part of the course."""

    def check(self, paths: tuple[str, ...], *, is_list: bool) -> None:
        """Refuse the options where no former run can be known.

        Raises:
            ConfigurationError: They do not go with other options; the caller's fault.
        """
        given = {"--last-failed": self.last_failed, "--resume": self.resume is not None}
        for option in (name for name, is_given in given.items() if is_given):
            if "-" in paths:
                raise ConfigurationError(f"{option} takes files and folders, not stdin")
            if is_list:
                raise ConfigurationError(f"{option}: not with --list")

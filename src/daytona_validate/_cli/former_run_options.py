"""The options of `check` that look at a former run, and their value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias, cast

import click

from daytona_validate._cli.shared_options import Command
from daytona_validate._errors import ConfigurationError

if TYPE_CHECKING:  # it costs more than the whole of --help
    from daytona_validate._settings import Settings

CacheUse: TypeAlias = Literal["off", "on", "passed"]


def former_run_options(command: Command) -> Command:
    """Add the options; `FormerRunRules` takes their values."""
    command = click.option(
        "--resume",
        metavar="FILE",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="Take over the results in this jsonl report of an interrupted run; run only the rest.",
    )(command)
    for flag, value, meaning in (
        ("--cache", "on", "Answer what is unchanged from the results of former runs. The default."),
        ("--no-cache", "off", "Run everything again, and keep no results."),
    ):
        command = click.option(flag, "cache", flag_value=value, default=None, help=meaning)(command)
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
    cache: CacheUse | None = None
    """Of the result cache; None: as the settings have it."""

    def settings(self, settings: Settings) -> Settings:
        """Return the settings with the use of the result cache that counts here.

        Who runs again what failed wants it run, and no answer of the last time.
        """
        use = self.cache or settings.cache or "on"
        is_about_failures = use == "on" and self.last_failed
        return settings.model_copy(update={"cache": "passed" if is_about_failures else use})

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


def former_run_rules(
    values: Mapping[str, str | None], *, resume: Path | None, last_failed: bool, is_part: bool
) -> FormerRunRules:
    """Return what the values of `former_run_options` say."""
    return FormerRunRules(resume, last_failed, is_part, cast("CacheUse | None", values["cache"]))

"""The options for which failures fail a run of `check`, and their value."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from daytona_validate._cli.changed_argument import DEFAULT, OPTION
from daytona_validate._cli.shared_options import Command
from daytona_validate._errors import ConfigurationError

NO_FAIL_ON = (
    "not_runnable",
    "compile_error",
    "runtime_error",
    "timeout",
    "memory_limit",
    "output_limit",
    "process_limit",
    "disk_limit",
    "wrong_output",
    "unsupported_language",
    "invalid_snippet",
    "missing_dependency",
    "unavailable",
)
"""Outcomes that can fail a run; a test compares them with the table."""


def gate_options(command: Command) -> Command:
    """Add the options; `gate_rules` takes their values."""
    command = click.option(
        "--update-baseline", is_flag=True, help="Record this run's failures in the baseline."
    )(command)
    command = click.option(
        "--baseline",
        metavar="FILE",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Fail only on failures that are not recorded in this file, wherever they stand.",
    )(command)
    command = click.option(
        OPTION,
        metavar="[REVISION]",
        is_flag=False,
        flag_value=DEFAULT,
        help="Only blocks whose content git does not have at this revision; without one: HEAD. "
        "Write a revision with =.",
    )(command)
    return click.option(
        "--no-fail-on",
        multiple=True,
        metavar="OUTCOME",
        type=click.Choice(NO_FAIL_ON),
        help="Report this outcome, and do not fail for it; may be given several times.",
    )(command)


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRules:
    """Which failures fail a run."""

    no_fail_on: frozenset[str] = frozenset()
    baseline: Path | None = None
    updates_baseline: bool = False
    is_part: bool = False
    """Whether only a part of the course runs."""


def gate_rules(
    no_fail_on: tuple[str, ...], baseline: Path | None, *, updates: bool, is_part: bool
) -> GateRules:
    """Return what the values of `gate_options` say.

    Args:
        no_fail_on: Of `--no-fail-on`.
        baseline: Of `--baseline`.
        updates: Of `--update-baseline`.
        is_part: Whether other options select a part of the course.

    Raises:
        ConfigurationError: They do not go together; the caller's fault.
    """
    if updates and baseline is None:
        raise ConfigurationError("--update-baseline: name the file with --baseline FILE")
    if updates and is_part:
        raise ConfigurationError(
            "--update-baseline records the whole course: leave out --fail-fast and what selects "
            "a part, such as --language"
        )
    return GateRules(
        no_fail_on=frozenset(no_fail_on),
        baseline=baseline,
        updates_baseline=updates,
        is_part=is_part,
    )

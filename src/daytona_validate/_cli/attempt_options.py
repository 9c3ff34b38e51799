"""The options for how the blocks of pages are run: after which others, and completed by what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from daytona_validate._cli.shared_options import Command

if TYPE_CHECKING:  # it costs more than the whole of --help
    from daytona_validate._course_run.course_page import RunRules

SESSIONS = ("auto", "none", "page", "section")


def attempt_options(command: Command) -> Command:
    """Add the options; `run_rules` takes their values."""
    command = click.option(
        "--session",
        type=click.Choice(SESSIONS),
        help="Which blocks of a page run in one session. auto: each alone, and again after the "
        "blocks before it that ran, if it lacks a name of theirs; none: each alone. Default: auto; "
        "the cells of notebooks are one session.",
    )(command)
    command = click.option(
        "--allow-files",
        is_flag=True,
        help="Send the files that the course's configuration names to Daytona, beside the blocks "
        "of pages. Local sandboxes have them anyway.",
    )(command)
    command = click.option(
        "--stop-after-unavailable",
        metavar="N",
        type=click.IntRange(min=1),
        help="After N runs in a row without a verdict, call off the rest: it counts as cancelled. "
        "Default: each is tried.",
    )(command)
    return click.option(
        "--fragments",
        type=click.Choice(("auto", "off")),
        default="auto",
        show_default=True,
        help="Whether blocks that are no whole programs are completed, and so tried.",
    )(command)


def run_rules(values: Mapping[str, str | None], *, allows_files: bool) -> RunRules:
    """Return what the values of `attempt_options` say."""
    from daytona_validate._course_run.course_page import RunRules, SessionMode

    session, stop_after = values["session"], values["stop_after_unavailable"]
    return RunRules(
        session=None if session is None else SessionMode(session),
        allows_files=allows_files,
        has_fragments=values["fragments"] != "off",
        stop_after_unavailable=None if stop_after is None else int(stop_after),
    )

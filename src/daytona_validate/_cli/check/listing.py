"""`check --list`: what would run, one line each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

from daytona_validate._cli.check.check_choice import CheckChoice, stdin_of
from daytona_validate._cli.check.check_run import note_unread
from daytona_validate._cli.exit_codes import ExitCode
from daytona_validate._cli.screen.screen import Screen
from daytona_validate._core.printable import one_line
from daytona_validate._errors import ConfigurationError
from daytona_validate._json_text import json_text
from daytona_validate._models import Snippet


def listed_text(snippet: Snippet) -> str:
    """Return location, language and id of a snippet as one line for people."""
    parts = [str(snippet.location or "-"), snippet.language or "unknown language"]
    parts += [f"id={snippet.snippet_id}"] if snippet.snippet_id is not None else []
    if snippet.location is not None and snippet.location.included is not None:
        parts.append(f"includes {snippet.location.included}")
    parts += [f"unreadable: {snippet.unreadable}"] if snippet.unreadable is not None else []
    parts += [f"not runnable: {snippet.not_runnable}"] if snippet.not_runnable is not None else []
    return one_line(" ".join(parts)) + "\n"


def listed_json(snippet: Snippet) -> str:
    """Return a snippet's location, language, id and problem as one line of JSON."""
    value = {
        "location": None if snippet.location is None else asdict(snippet.location),
        "language": snippet.language,
        "snippet_id": snippet.snippet_id,
        "skill": snippet.skill,
        "unreadable": snippet.unreadable,
        "not_runnable": snippet.not_runnable,
    }
    return json_text(value) + "\n"


LISTINGS: dict[str, Callable[[Snippet], str]] = {"text": listed_text, "jsonl": listed_json}
"""The functions by output format."""


def list_only(choice: CheckChoice) -> int:
    """List the snippets that would run, run none; return the exit code."""
    listed = LISTINGS.get(choice.output_format)
    if listed is None:
        raise ConfigurationError(f"--list: --output-format accepts {' or '.join(LISTINGS)}")
    screen = Screen(is_quiet=choice.is_quiet)
    write = screen.writer(choice.output_format)
    total = 0
    with stdin_of(choice.paths) as stdin:
        collection = choice.collection(stdin)
        for course in choice.selection.of(collection):
            write(listed(course.snippet))
            total += 1
    screen.note(f"snippets that would run: {total}")
    note_unread(collection, screen, is_in_report=False)
    return ExitCode.PASSED if total else ExitCode.NOTHING_RAN

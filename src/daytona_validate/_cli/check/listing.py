"""`check --list`: all blocks, and what would become of them, one line each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

from daytona_validate._cli.check.check_choice import CheckChoice, stdin_of
from daytona_validate._cli.check.check_run import note_unread
from daytona_validate._cli.exit_codes import ExitCode
from daytona_validate._cli.screen.screen import Screen
from daytona_validate._core.not_read import reason
from daytona_validate._core.printable import one_line
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._courses.piece import Piece
from daytona_validate._errors import ConfigurationError
from daytona_validate._json_text import json_text
from daytona_validate._models import Snippet


def becomes(piece: Piece, left_out: str | None = None) -> tuple[str, str]:
    """Return what a piece would become, in a word such as `run` or `skip`, and why.

    Args:
        piece: The piece.
        left_out: Why the options or the configuration leave it out by its marks; None: they do not.
    """
    if piece.course is None:
        return "not_read", reason(piece.why) if piece.why else "no code"
    if left_out is not None:
        return "left_out", left_out
    snippet = piece.course.snippet
    reasons = {
        "unreadable": snippet.unreadable,
        "skip": snippet.skip,
        "not_runnable": snippet.not_runnable,
        "check_only": "it is compiled, not run" if snippet.check_only else None,
        "should_fail": _meant_to_fail(snippet),
    }
    found = ((word, why) for word, why in reasons.items() if why is not None)
    return next(found, ("run", "after the cells before it" if piece.course.is_cell else ""))


def _meant_to_fail(snippet: Snippet) -> str | None:
    if snippet.should_fail is None:
        return None
    return f"with {snippet.should_fail}" if snippet.should_fail else "in any way"


_SAID = {
    "not_read": "not read",
    "left_out": "left out",
    "run": "run",
    "unreadable": "unreadable",
    "skip": "skipped",
    "not_runnable": "not runnable",
    "check_only": "checked",
    "should_fail": "meant to fail",
}


def listed_text(piece: Piece, left_out: str | None = None) -> str:
    """Return a piece's location, language, id and what becomes of it as one line for people."""
    snippet = piece.course.snippet if piece.course else None
    language = snippet.language if snippet else piece.word
    parts = [str(piece.location), language or "unknown language"]
    if snippet and snippet.snippet_id is not None:
        parts.append(f"id={snippet.snippet_id}")
    if snippet and snippet.location is not None and snippet.location.included is not None:
        parts.append(f"includes {snippet.location.included}")
    word, why = becomes(piece, left_out)
    if word != "run" or why:
        parts.append(f"{_SAID[word]}: {why}" if why else _SAID[word])
    return one_line(" ".join(parts)) + "\n"


def listed_json(piece: Piece, left_out: str | None = None) -> str:
    """Return a piece's location, language, id and what becomes of it as one line of JSON."""
    course = piece.course or CourseSnippet(snippet=Snippet(code="", language=piece.word))
    snippet = course.snippet
    word, why = becomes(piece, left_out)
    value = {
        "location": asdict(snippet.location or piece.location),
        "language": snippet.language,
        "snippet_id": snippet.snippet_id,
        "skill": snippet.skill,
        "unreadable": snippet.unreadable,
        "not_runnable": snippet.not_runnable,
        "section": course.section,
        "is_cell": course.is_cell,
        "becomes": word,
        "reason": why or None,
    }
    return json_text(value) + "\n"


LISTINGS: dict[str, Callable[[Piece, str | None], str]] = {
    "text": listed_text,
    "jsonl": listed_json,
}
"""The functions by output format."""


def list_only(choice: CheckChoice) -> int:
    """List all blocks and what would become of them, run none; return the exit code."""
    choice.former.check(choice.paths, is_list=True)
    listed = LISTINGS.get(choice.output_format)
    if listed is None:
        raise ConfigurationError(f"--list: --output-format accepts {' or '.join(LISTINGS)}")
    screen = Screen(is_quiet=choice.is_quiet)
    write = screen.writer(choice.output_format)
    total = 0
    with stdin_of(choice.paths) as stdin:
        collection = choice.collection(stdin)
        for piece in collection.pieces():
            if piece.course is None:
                if piece.why is not None and not choice.selection.languages:
                    write(listed(piece, None))
                continue
            left_out = choice.selection.left_out(piece.course)
            if left_out is not None:
                collection.leave_out(piece.course)
                if choice.selection.has_language_of(piece.course):
                    write(listed(piece, left_out))
            elif choice.selection.has(piece.course):
                write(listed(piece, None))
                snippet = piece.course.snippet
                total += (snippet.skip, snippet.not_runnable, snippet.unreadable) == (None,) * 3
    screen.note(f"snippets that would run: {total}")
    note_unread(collection, screen, is_in_report=False)
    return ExitCode.PASSED if total else ExitCode.NOTHING_RAN

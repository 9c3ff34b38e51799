"""Picks the one snippet of a file that a line names."""

from __future__ import annotations

from collections.abc import Iterable

from daytona_validate._courses.file_formats import Piece
from daytona_validate._errors import ConfigurationError
from daytona_validate._models import Snippet


def only_snippet(pieces: Iterable[Piece], *, path: str) -> Snippet:
    """Return the only snippet of a file.

    Raises:
        ConfigurationError: It has none, or more than one. The caller's fault.
    """
    runnable = [piece for piece in pieces if piece.course]
    if not runnable or not runnable[0].course:
        raise ConfigurationError(f"{path} has no snippet that can be run")
    if len(runnable) > 1:
        raise ConfigurationError(
            f"{path} has {len(runnable)} snippets: name one by its line, as in"
            f" {path}:{runnable[0].location.line}"
        )
    return runnable[0].course.snippet


def snippet_at(pieces: Iterable[Piece], line: int, *, path: str) -> Snippet:
    """Return the snippet that begins at a line or has that line in it.

    Raises:
        ConfigurationError: There is none; the message names the nearest. The caller's fault.
    """
    near: list[int] = []
    for piece in pieces:
        first = piece.location.line
        if first <= line <= piece.end_line:
            return _known(piece, path)
        if not piece.course:
            continue
        near = [first] if first < line else [*near, first]
        if first > line:
            break
    where = f"the nearest begin at {_lines(near)}" if near else "the file has none"
    raise ConfigurationError(f"{path} has no snippet at line {line}; {where}")


def _known(piece: Piece, path: str) -> Snippet:
    if piece.course:
        return piece.course.snippet
    if piece.is_unread:
        raise ConfigurationError(
            f"the block at {path}:{piece.location.line} is in a form that cannot be read"
        )
    what = f"is in `{piece.word}`, which is not known here" if piece.word else "names no language"
    raise ConfigurationError(f"the block at {path}:{piece.location.line} {what}")


def _lines(numbers: list[int]) -> str:
    word = "line" if len(numbers) == 1 else "lines"
    return f"{word} {' and '.join(map(str, numbers))}"

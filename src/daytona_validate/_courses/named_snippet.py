"""Picks the one snippet of a file that a line names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from daytona_validate._core.not_read import Why
from daytona_validate._courses.piece import Piece
from daytona_validate._errors import ConfigurationError
from daytona_validate._models import Snippet


@dataclass(frozen=True, slots=True)
class Place:
    """Place in a file, as a target such as `lesson.md:137` or `a.ipynb:cell[3]:2` names it."""

    line: int
    """1-based; in a notebook: of the cell."""
    cell: int | None = None
    """0-based index of a notebook's cell."""

    def __str__(self) -> str:
        return f"line {self.line}" if self.cell is None else f"cell[{self.cell}]"


def only_snippet(pieces: Iterable[Piece], *, path: str) -> Snippet:
    """Return the only snippet of a file.

    Raises:
        ConfigurationError: It has none, or more than one. The caller's fault.
    """
    runnable = [piece for piece in pieces if piece.course]
    if not runnable or not runnable[0].course:
        raise ConfigurationError(f"{path} has no snippet that can be run")
    if len(runnable) > 1:
        cell, line = runnable[0].location.cell, runnable[0].location.line
        name, place = ("line", line) if cell is None else ("cell", f"cell[{cell}]")
        raise ConfigurationError(
            f"{path} has {len(runnable)} snippets: name one by its {name}, as in {path}:{place}"
        )
    return runnable[0].course.snippet


def snippet_at(pieces: Iterable[Piece], place: Place, *, path: str) -> Snippet:
    """Return the snippet that begins at a place or has that place in it.

    Raises:
        ConfigurationError: There is none; the message names the nearest. The caller's fault.
    """
    near: list[Place] = []
    for piece in pieces:
        first = Place(piece.location.line, piece.location.cell)
        if first.cell == place.cell and first.line <= place.line <= piece.end_line:
            return _known(piece, path)
        if not piece.course:
            continue
        is_before = (first.cell or 0, first.line) < (place.cell or 0, place.line)
        near = [first] if is_before else [*near, first]
        if not is_before:
            break
    where = f"the nearest begin at {_told(near)}" if near else "the file has none"
    raise ConfigurationError(f"{path} has no snippet at {place}; {where}")


def _known(piece: Piece, path: str) -> Snippet:
    if piece.course:
        return piece.course.snippet
    if piece.why in (Why.BLOCK, Why.UNCLOSED):
        raise ConfigurationError(
            f"the block at {path}:{piece.location.line} is in a form that cannot be read"
        )
    what = f"is in `{piece.word}`, which is not known here" if piece.word else "names no language"
    raise ConfigurationError(f"the block at {path}:{piece.location.line} {what}")


def _told(places: list[Place]) -> str:
    texts = [str(place) for place in places]
    if all(place.cell is None for place in places) and len(places) > 1:
        texts = ["lines " + " and ".join(str(place.line) for place in places)]
    return " and ".join(texts)

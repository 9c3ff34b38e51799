"""Gives the snippets of a file their fingerprints, as they are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from daytona_validate._courses.page_fingerprints import page_fingerprints
from daytona_validate._courses.piece import Piece


def with_fingerprints(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Yield all pieces of a file; those of a page once it is read, each record at once."""
    page: list[Piece] = []
    for piece in pieces:
        page.append(piece)
        if piece.course is not None and piece.course.page is None:
            yield from _fingerprinted(page)
            page = []
    yield from _fingerprinted(page)


def _fingerprinted(pieces: Sequence[Piece]) -> Iterator[Piece]:
    fingerprints = iter(page_fingerprints([each.course for each in pieces if each.course]))
    for piece in pieces:
        course = piece.course
        yield replace(piece, course=course and replace(course, fingerprint=next(fingerprints)))

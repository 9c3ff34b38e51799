"""The places of a page: a piece for each block, and for what of it is not read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from daytona_validate._core.not_read import Why
from daytona_validate._courses.block import Block
from daytona_validate._courses.cell_output import uncompared
from daytona_validate._courses.collect_options import CollectOptions
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._courses.page import Page
from daytona_validate._courses.page_snippets import snippets_of_page
from daytona_validate._courses.unread_fences import UnreadFence
from daytona_validate._models import Location

_JSX = frozenset({"jsx", "tsx"})
_WORD = re.compile(r"[\w+#.-]{1,30}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One place of a file: a snippet, or a block that is none."""

    location: Location
    end_line: int
    """1-based last line."""
    course: CourseSnippet | None
    """Its snippet; None for a block in an unknown language, or in a form that cannot be read."""
    word: str = ""
    """The language of such a block as its page names it; empty if it names none."""
    why: Why | None = None
    """Why it is no snippet; None: it is one, or no code at all."""


def pieces_of(page: Page, options: CollectOptions) -> Iterator[Piece]:
    """Yield the pieces of a page in their order."""
    courses = snippets_of_page(page, strip=options.strip, outputs=options.outputs)
    pieces = [_piece(block, course) for block, course in zip(page.blocks, courses, strict=True)]
    unread = (*page.unread, *uncompared(page.blocks, courses))
    pieces += [_piece_of_unread(fence, page.path) for fence in unread]
    yield from sorted(pieces, key=lambda piece: (piece.location.cell or 0, piece.location.line))


def _piece(block: Block, course: CourseSnippet | None) -> Piece:
    return Piece(
        location=block.location,
        end_line=block.end_line,
        course=course,
        word=_language_word(block),
        why=None if course else _why_not_read(block),
    )


def _piece_of_unread(fence: UnreadFence, path: str) -> Piece:
    location = Location(path, fence.line, cell=fence.cell)
    return Piece(
        location=location, end_line=fence.last, course=None, word=fence.language, why=fence.why
    )


def _why_not_read(block: Block) -> Why | None:
    """Return why a block in no known language counts as not read; None: it is no code."""
    word = _language_word(block)
    if word in _JSX:
        return Why.JSX
    if word:
        return Why.UNKNOWN_LANGUAGE
    return None if block.raw_info.startswith("{") or block.info.word else Why.NO_LANGUAGE


def _language_word(block: Block) -> str:
    """Return the word of a block if it looks like the name of a language."""
    word = block.info.word
    return word if block.info.names_language and _WORD.fullmatch(word) else ""

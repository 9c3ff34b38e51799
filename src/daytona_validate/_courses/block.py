"""A block of a course, before it is a snippet.

It keeps everything its page says about it, so that markers, expectations and sessions can be
read from it without reading the page again.
"""

from __future__ import annotations

from dataclasses import dataclass

from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._courses.info_string import InfoString
from daytona_validate._models import Location, Snippet


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One fenced block with its place in the page."""

    language: str | None
    """The language's name in the table; None if its word is not known."""
    info: InfoString
    raw_info: str
    """The info string as written, white space around it removed."""
    code: str
    """The content without the indentation of the list or quote around it."""
    location: Location
    end_line: int
    """1-based last line: of the closing fence, or of the content if the fence never closes."""


def course_snippet_of(block: Block, *, language: str) -> CourseSnippet:
    """Return the snippet that a block of a known language is, with its place in the page."""
    return CourseSnippet(
        snippet=_snippet_of(block, language=language),
        page=block.location.path,
        code_line=block.location.line + 1,
        code=block.code,
    )


def _snippet_of(block: Block, *, language: str) -> Snippet:
    """Return the snippet that a block of a known language is.

    A block whose bytes were not UTF-8 becomes an unreadable snippet: with other characters in
    their place, another program would be judged.
    """
    if not _is_text(block.code + block.raw_info):
        problem = "the block has bytes that are not UTF-8: save the page as UTF-8"
        return Snippet(code="", language=language, location=block.location, unreadable=problem)
    elsewhere = None if block.code.strip() else block.info.attrs.get("file")
    return Snippet(
        code=block.code,
        language=language,
        snippet_id=block.info.attrs.get("id"),
        location=block.location,
        is_block=True,
        not_runnable=elsewhere
        and f"an include of {elsewhere}, which only its page's builder reads",
    )


def _is_text(text: str) -> bool:
    """Whether the text is free of the lone surrogates that stand for undecodable bytes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True

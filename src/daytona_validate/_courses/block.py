"""A block of a course, before it is a snippet.

It keeps everything its page says about it, so that markers, expectations and sessions can be
read from it without reading the page again.
"""

from __future__ import annotations

from dataclasses import dataclass

from daytona_validate._courses.info_string import InfoString
from daytona_validate._models import Location


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

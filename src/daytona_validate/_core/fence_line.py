"""The line that opens or closes a code fence, at any depth of lists and quotes.

For text that is not parsed as CommonMark: models' answers, programs that turn out to be Markdown,
and blocks that builders of pages read in a way of their own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_PREFIX = r"[ \t>]*+(?:(?:[-*+]|\d{1,9}[.)])[ \t][ \t>]*+)*+"
"""Indentation, quote and list marks, in one way only: no line costs more than its length."""
_AT_START = re.compile(rf"\A{_PREFIX}")
_FENCE = re.compile(rf"({_PREFIX})(`{{3,}}+(?=[^`]*+$)|~{{3,}}+)(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class FenceLine:
    """Code fence line: one that may open a fenced block, or close it."""

    prefix: str
    """What stands before it: indentation, quote and list marks."""
    marks: str
    """Three or more backticks or tildes."""
    info: str
    """All that follows them."""


def fence_line(line: str) -> FenceLine | None:
    """Return what a line without its end has of a fence, or None."""
    fence = _FENCE.fullmatch(line)
    return None if fence is None else FenceLine(*fence.groups())


def bare(line: str) -> str:
    """Return a line without its indentation, quote and list marks."""
    return _AT_START.sub("", line)

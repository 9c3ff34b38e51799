"""Recognizer of JSX: tags in JavaScript and TypeScript, which a build step takes away."""

from __future__ import annotations

import re

from daytona_validate._core.fragments.code_text import bare_lines
from daytona_validate._models import CodeValidationResult

_TAG = re.compile(r"(?:^|\breturn\b|=>|[=(?:&|,{])\s*<(?:[A-Za-z][\w.]*(?:[\s/>]|$)|>)")
_CLOSED = re.compile(r"</[A-Za-z][\w.]*\s*>|/>|</>")
_QUOTES = ("'", '"', "`")


def jsx(code: str, result: CodeValidationResult) -> str | None:
    """Return what a block with tags at its error is; None if it has none there.

    A line in which a quote lacks its partner is a mistake: the tag may have stood in a string.
    """
    bare = bare_lines(code, result.language)
    if result.error_line is None or not _CLOSED.search("\n".join(bare)):
        return None
    at_error = slice(max(result.error_line - 2, 0), result.error_line + 1)
    lines = code.split("\n")[at_error]
    tagged = [line for line in bare[at_error] if _TAG.search(line.strip())]
    is_quoted = any(line.count(quote) % 2 for line in lines for quote in _QUOTES)
    return "JSX, which needs a build step" if tagged and not is_quoted else None

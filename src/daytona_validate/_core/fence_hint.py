"""What there is to say of a failed program that is no program, but Markdown with one in it."""

from __future__ import annotations

import re

from daytona_validate._core.fence_line import fence_line
from daytona_validate._core.languages.table import find_language

_WORD = re.compile(r"[ \t]*([^\s`{,:]{0,30})")
_QUOTES = ('"""', "'''", "`")
"""What holds texts of several lines in some language; a page has an even number of each."""


def fence_hint(code: str) -> str:
    """Return how to read code that is Markdown, in brackets after a space; "" if it is not.

    Args:
        code: What ran, and failed.
    """
    if not is_markdown(code):
        return ""
    return " (it is Markdown: --fenced last takes the program from its fence)"


def is_markdown(code: str) -> bool:
    """Whether code begins with a fence, or has one in a known language outside of any text.

    Programs that print pages, ask models or are documented in Markdown have fences too.
    """
    if fence_line(code.lstrip().partition("\n")[0]):
        return True
    lines = code.split("\n")
    first = next((number for number, line in enumerate(lines) if _opens_known(line)), None)
    return first is not None and _is_outside("\n".join(lines[:first]))


def _opens_known(line: str) -> bool:
    fence = fence_line(line)
    word = _WORD.match(fence.info) if fence else None
    return word is not None and find_language(word[1]) is not None


def _is_outside(before: str) -> bool:
    plain = before.replace("\\`", "")
    is_quoted = any(plain.count(quote) % 2 for quote in _QUOTES)
    return not is_quoted and before.count("/*") <= before.count("*/")

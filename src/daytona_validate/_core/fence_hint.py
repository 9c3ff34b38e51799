"""What there is to say of a failed program that is no program, but Markdown with one in it."""

from __future__ import annotations

import re

from daytona_validate._core.languages.table import find_language

_FENCE = re.compile(r"^[ \t]*(?:`{3,}|~{3,})[ \t]*([^\s`{,:]{0,30})", re.MULTILINE)
_HINT = " (it is Markdown: --fenced last takes the program from its fence)"


def fence_hint(code: str) -> str:
    """Return how to read code that holds Markdown, in brackets after a space; "" if it does not.

    It is only said of what failed: a program may well print a page, or have one in a comment.

    Args:
        code: What ran.
    """
    begins = _FENCE.match(code.lstrip()) is not None
    return _HINT if begins or any(find_language(word) for word in _FENCE.findall(code)) else ""

"""What the prose of a page says beside its blocks: its paragraphs, and the words it sets as code.

It is only looked at for what it says of a block's failure: no text of a page is parsed here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice

from daytona_validate._core.fence_line import bare, fence_line

_LONGEST_CAPTION = 80
_MOST_LINES = 12
_MOST_CHARACTERS = 1000
_MOST_NAMES = 5000
_WORD = re.compile(r"[^\W\d][\w$]*")
_INLINE_CODE = re.compile(r"`([^`\n]{1,200})`")
_NO_PROSE = re.compile(r"#{1,6} |[|:]|<!--|\{[%/*]|---|===")
"""What begins a heading, a table, a directive, a comment or a rule."""


def words_set_as_code(lines: Iterable[str]) -> frozenset[str]:
    """Return the words set as code in texts of prose, as in `Cart<Apple>` or ``Cart``."""
    codes = (code for line in lines for code in _INLINE_CODE.findall(line.replace("``", "`")))
    return frozenset(islice((word for code in codes for word in _WORD.findall(code)), _MOST_NAMES))


def caption_before(lines: Sequence[str], line: int) -> str:
    """Return the paragraph of one line directly before a 0-based line, if it is short, or ""."""
    at = next((n for n in range(line - 1, -1, -1) if bare(lines[n]).strip()), -1)
    is_alone = at == 0 or (at > 0 and not bare(lines[at - 1]).strip())
    text = bare(lines[at]).strip() if is_alone else ""
    return text if len(text) <= _LONGEST_CAPTION else ""


def paragraph_before(lines: Sequence[str], line: int) -> str:
    """Return the paragraph that ends directly before a 0-based line; "" if there is none."""
    found = _paragraph(lines[at] for at in range(line - 1, -1, -1))
    return " ".join(reversed(found))[-_MOST_CHARACTERS:]


def paragraph_after(lines: Sequence[str], line: int) -> str:
    """Return the paragraph that begins directly at or after a 0-based line; "" if there is none."""
    return " ".join(_paragraph(lines[at] for at in range(line, len(lines))))[:_MOST_CHARACTERS]


def _paragraph(lines: Iterable[str]) -> list[str]:
    found: list[str] = []
    for line in lines:
        text = bare(line[:_MOST_CHARACTERS]).strip()
        is_end = _NO_PROSE.match(text) or fence_line(line) is not None
        if is_end or (found and not text) or len(found) == _MOST_LINES:
            break
        found += [text] if text else []
    return found

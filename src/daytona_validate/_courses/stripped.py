"""Takes an author's marks out of code: what only a page's builder understands, such as `*!*`."""

from __future__ import annotations

import re
from collections.abc import Iterable


def stripped(code: str, marks: Iterable[str]) -> str:
    """Return code without marks; every line keeps its number.

    Args:
        code: As the page has it.
        marks: Texts to take out. A line with nothing else than marks becomes an empty one; white
            space around a mark in other lines stays.
    """
    longest_first = sorted(filter(None, marks), key=len, reverse=True)
    if not longest_first:
        return code
    pattern = re.compile("|".join(map(re.escape, longest_first)))
    return "".join(_line(line, pattern) for line in code.splitlines(keepends=True))


def _line(line: str, pattern: re.Pattern[str]) -> str:
    rest, count = pattern.subn("", line)
    if not count or rest.strip():
        return rest
    return line[len(line.rstrip("\r\n")) :]

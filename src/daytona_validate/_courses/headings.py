"""The headings above a place in a page."""

from __future__ import annotations

import re

_ATTRIBUTES = re.compile(r"\{[^{}]*\}$")
_MOST_CHARACTERS = 200
"""Of a heading: what stands under many others is repeated for each of them."""


class Headings:
    """Heading stack: the headings above a place, as a page is read from top to bottom."""

    def __init__(self) -> None:
        self._open: list[tuple[int, str]] = []
        self.section = ""
        """Their titles, outermost first, with ` > ` between them."""

    def add(self, level: int, text: str) -> None:
        """Take a heading, which ends those of its level and below."""
        self._open = [each for each in self._open if each[0] < level]
        self._open.append((level, _title(text)))
        self.section = " > ".join(title for _, title in self._open if title)


def _title(text: str) -> str:
    """Return a heading without its attributes."""
    return _ATTRIBUTES.sub("", " ".join(text[:_MOST_CHARACTERS].split())).strip()

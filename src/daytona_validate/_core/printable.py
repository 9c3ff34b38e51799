"""Escaping: untrusted text made harmless for a terminal, a log or a one-line message.

A program under test may print escape sequences that move the cursor, retitle the window or
forge a line of our own report, and Unicode marks that make text read in another order than it
stands. Such characters become visible escapes. What a result holds is never changed: only what
is shown to people passes through here.
"""

from __future__ import annotations

import re

from daytona_validate._unsafe_characters import UNSAFE_CHARACTER

ONE_LINE_CHARACTERS = 300

_UNSAFE_BUT_LAYOUT = re.compile(r"(?![\t\n])" + UNSAFE_CHARACTER.pattern)
_WHITE_SPACE = re.compile(r"\s+")


def _visible(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode()


def printable(text: str) -> str:
    """Return text whose only control characters are tabs and newlines; CR LF becomes LF."""
    return _UNSAFE_BUT_LAYOUT.sub(_visible, text.replace("\r\n", "\n"))


def one_line(text: str, limit_characters: int = ONE_LINE_CHARACTERS) -> str:
    """Return text as one harmless line, white space collapsed, cut with `…` at the limit."""
    stripped = text.strip()
    # As most lines are: what Python calls printable has no white space but the blank.
    if len(stripped) <= limit_characters and stripped.isprintable() and "  " not in stripped:
        return stripped
    # A window of several limits fills a line even where much of it is white space, and keeps
    # the work bounded for text of any length.
    window = stripped[: 16 * limit_characters]
    shown = UNSAFE_CHARACTER.sub(_visible, _WHITE_SPACE.sub(" ", window))
    if len(shown) <= limit_characters and window == stripped:
        return shown
    return shown[: limit_characters - 1].rstrip() + "…"

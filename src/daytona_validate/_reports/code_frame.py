"""The line of code that failed, with its neighbours and what to look at underlined."""

from __future__ import annotations

import re
from dataclasses import dataclass
from unicodedata import category, east_asian_width

from daytona_validate._core.printable import printable
from daytona_validate._core.reported import Reported
from daytona_validate._reports.workflow_commands import without_commands

_WIDEST_CHARACTERS = 96
_BEFORE_CARET_CHARACTERS = 24
_TAB = "    "


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameLine:
    """Line of code with its number: in the file, or in the code if the file has no such line."""

    number: int
    text: str
    is_marked: bool


def frame_lines(reported: Reported, *, around: int = 1) -> list[FrameLine]:
    """Return the failing line and its neighbours; none if it is not known or not in the code.

    Args:
        reported: The row.
        around: How many lines before and behind it.
    """
    failing = reported.result.error_line
    lines = code_lines(reported.code)
    if not reported.code or failing is None or not 1 <= failing <= len(lines):
        return []
    first = max(failing - around, 1)
    shown = lines[first - 1 : failing + around]
    from_line = reported.code_line or 1
    return [
        FrameLine(number=from_line + n - 1, text=text, is_marked=n == failing)
        for n, text in enumerate(shown, start=first)
    ]


def code_lines(code: str) -> list[str]:
    """Return the lines of code; only a newline ends one, as in the numbers of compilers."""
    return [line.removesuffix("\r") for line in code.removesuffix("\n").split("\n")]


def code_frame(reported: Reported) -> list[tuple[str, str, bool]]:
    """Return the frame of a failure as gutter, text, and whether it is the underline.

    Nothing in it steers a terminal, and no line of it is wider than one.
    """
    lines = [line for line in frame_lines(reported) if line.is_marked or line.text.strip()]
    if not lines:
        return []
    width = len(str(lines[-1].number))
    missing = reported.result.missing
    frame: list[tuple[str, str, bool]] = []
    for line in lines:
        text, caret = _fitted(line.text, "" if missing is None else missing.name)
        frame.append((f"{line.number:>{width}} |", text, False))
        if line.is_marked and caret:
            frame.append((f"{'':>{width}} |", caret, True))
    return frame


def _fitted(text: str, name: str) -> tuple[str, str]:
    """Return a line that fits a terminal, and its underline; a long one from near the name."""
    start, end = _told_part(text, name)
    begin = max(start - _BEFORE_CARET_CHARACTERS, 0) if end > _WIDEST_CHARACTERS else 0
    limit = begin + _WIDEST_CHARACTERS
    shown = f"{'…' if begin else ''}{_visible(text[begin:limit])}{'…' if text[limit:] else ''}"
    before = _width(_visible(text[begin:start])) + (1 if begin else 0)
    return shown.rstrip(), " " * before + "^" * _width(_visible(text[start : min(end, limit)]))


def _told_part(text: str, name: str) -> tuple[int, int]:
    """Return from where to where a line is underlined: the name, else all but its indentation."""
    found = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) if name else None
    if found:
        return found.span()
    return len(text) - len(text.lstrip()), len(text.rstrip())


def _visible(text: str) -> str:
    return without_commands(printable(text)).replace("\t", _TAB)


def _width(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if category(character) in ("Mn", "Me"):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1

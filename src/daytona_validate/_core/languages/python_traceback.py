"""Parser of CPython's tracebacks; written against real texts of 3.11 to 3.14.

It works line by line, so that hostile text costs no more than its length.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_HEADERS = frozenset(
    {
        "Traceback (most recent call last):",
        "  + Exception Group Traceback (most recent call last):",
    }
)
_CHAINED = frozenset(
    {
        "The above exception was the direct cause of the following exception:",
        "During handling of the above exception, another exception occurred:",
    }
)
SURVIVED = ("Exception ignored ", "Exception in thread ", "Task exception ", "future: <")
"""A traceback under one of these did not end the program."""
_GROUP_INDENT = "  | "
# 3.15 adds a question after the name. A dotted name is a part of a package that is there.
_ABSENT = re.compile(r"ModuleNotFoundError: No module named '([^'.]+)'(?:\. Did you mean: .*)?$")
_DUMPED, _DUMPED_TYPE = "object address  : 0x", "object type name: "
"""What stands for an error's message where it could not be written, mostly for want of memory."""
FRAME = re.compile(r'  File "(?:[^"]*/)?([^"/]*)", line (\d+)')


@dataclass(frozen=True, slots=True)
class Uncaught:
    """Uncaught exception, as read from its traceback."""

    message: str
    trace: Sequence[str]
    """The lines of its frames, outermost first."""
    rest: Sequence[str]
    """What follows the message."""


def is_header(line: str) -> bool:
    """Whether a traceback begins with this line."""
    return line in _HEADERS


def last_uncaught(lines: Sequence[str]) -> Uncaught | None:
    """Return the last error under a traceback that may have ended the program."""
    start, is_survived = None, False
    for number, line in enumerate(lines):
        if line in _HEADERS:
            if not _is_chained(lines, number):
                is_survived = number > 0 and lines[number - 1].startswith(SURVIVED)
            if not is_survived:
                start = number + 1
    return None if start is None else _error_from(lines, start)


def _is_chained(lines: Sequence[str], number: int) -> bool:
    return number > 1 and lines[number - 2].removeprefix(_GROUP_INDENT) in _CHAINED


def _error_from(lines: Sequence[str], start: int) -> Uncaught | None:
    """Return the error whose frames start there; its message is the first line not indented."""
    trace: list[str] = []
    for number in range(start, len(lines)):
        line = lines[number].removeprefix(_GROUP_INDENT)
        if line and not line[0].isspace():
            return Uncaught(dumped_type(lines[number:]) or line, trace, lines[number + 1 :])
        trace.append(line)
    return None


def dumped_type(lines: Sequence[str]) -> str | None:
    """Return the type of an error that CPython dumped as an object, as 3.14 does most often."""
    if not lines[0].startswith(_DUMPED):
        return None
    return next(
        (each.removeprefix(_DUMPED_TYPE) for each in lines[1:5] if each.startswith(_DUMPED_TYPE)),
        None,
    )


def innermost(trace: Sequence[str], entry_file: str) -> tuple[int, str] | None:
    """Return the innermost frame in the entry file: its line, and what stands there or nothing."""
    for number in range(len(trace) - 1, -1, -1):
        frame = FRAME.match(trace[number])
        if frame is not None and frame[1] == entry_file:
            source = trace[number + 1].strip() if number + 1 < len(trace) else ""
            return int(frame[2]), source
    return None


def line_of(trace: Sequence[str], entry_file: str) -> int | None:
    """Return the line of the innermost frame in the entry file."""
    found = innermost(trace, entry_file)
    return None if found is None else found[0]


def absent_module(message: str) -> str | None:
    """Return the top-level module whose absence an error's message tells, or None."""
    found = _ABSENT.match(message)
    return None if found is None else found[1]

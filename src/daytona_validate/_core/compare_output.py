"""What a program printed against what it was to print.

White space at the end of each line and of the whole is ignored: editors strip it, and tables
that tools print are padded with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import unified_diff
from itertools import zip_longest

from daytona_validate._core.printable import one_line

_LINES_BEFORE = 3
_LINES_FROM = 12
"""Of each side, from the first difference: a diff is there to be read, and costs the square."""
_LINE_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Difference:
    """How an output differs from the expected one."""

    cause: str
    """One line that names the first difference."""
    diff: str
    """A short unified diff around it, ending in a newline."""


def difference(output: str, expected: str) -> Difference | None:
    """Return the first difference, or None if there is none.

    Args:
        output: What was printed. An output that was cut compares as different: its line that
            says how much is left out is part of it.
        expected: What was to be printed.
    """
    printed, wanted = _lines(output), _lines(expected)
    if printed == wanted:
        return None
    first = next(n for n, (a, b) in enumerate(zip_longest(printed, wanted)) if a != b)
    return Difference(_cause(first, printed, wanted), _diff(first, printed, wanted))


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.rstrip().split("\n")]


def _cause(first: int, printed: Sequence[str], wanted: Sequence[str]) -> str:
    if first >= len(printed):
        return f"the output ends before line {first + 1}, expected {_quoted(wanted[first])}"
    if first >= len(wanted):
        return f"line {first + 1} of the output is {_quoted(printed[first])}, expected its end"
    return (
        f"line {first + 1} of the output is {_quoted(printed[first])}, "
        f"expected {_quoted(wanted[first])}"
    )


def _quoted(line: str) -> str:
    return f"'{one_line(line, 80)}'"


def _diff(first: int, printed: Sequence[str], wanted: Sequence[str]) -> str:
    start, end = max(0, first - _LINES_BEFORE), first + _LINES_FROM
    before, after = ([_cut(line) for line in side[start:end]] for side in (wanted, printed))
    # The hunk header that comes with it counts from the window, not from the text.
    body = list(unified_diff(before, after, n=_LINES_FROM, lineterm=""))[3:]
    lines = ["--- expected", "+++ output", f"@@ from line {start + 1} @@", *body]
    if max(len(printed), len(wanted)) > end:
        lines.append("…")
    return "\n".join(lines) + "\n"


def _cut(line: str) -> str:
    return line if len(line) <= _LINE_CHARACTERS else line[: _LINE_CHARACTERS - 1] + "…"

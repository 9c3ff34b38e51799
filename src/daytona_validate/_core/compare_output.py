"""Diff: what a program printed against `expected_output`.

By default, white space at the end of each line and of the whole is ignored: editors strip
it, and tables that tools print are padded with it.

Of an output that was cut, only its start is compared: what is printed after a cut may still be
what was expected, and a line that the cut went through was never printed so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff
from itertools import islice, takewhile, zip_longest
from operator import eq

from daytona_validate._core.comparison import LINES, Comparison

_BEFORE = 3
_FROM = 12
"""Parts of each side, from the first difference: it is read by people, and costs the square."""
_LINE_CHARACTERS = 200
_ALIKE_CHARACTERS = 40
"""What is longer and alike at the start of two parts is left out."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Difference between an output and the expected one."""

    cause: str
    """One line that names the first difference, and a comparison mode other than the default."""
    diff: str
    """A short unified diff around it, ending in a newline."""


class _Begun(str):
    """The last part of an output that was cut: what is known of it, and `…` for the rest."""

    __slots__ = ()

    def may_be(self, wanted: str, comparison: Comparison) -> bool:
        """Return whether it may be what it should be; a number may go on in any way."""
        return comparison.is_same is not eq or wanted.startswith(self[:-1])


def difference(
    output: str, expected: str, comparison: Comparison = LINES, *, is_cut: bool = False
) -> Difference | None:
    """Return the first difference, or None if there is none.

    Args:
        output: What was printed.
        expected: What was to be printed.
        comparison: How they are compared.
        is_cut: Whether `output` is only the start of what was printed: then a difference is one
            whatever came after, and None says that there may be another.
    """
    if output == expected and not is_cut:
        return None
    pairs: Iterator[tuple[str | None, str | None]] = zip_longest(
        _printed(output, comparison, is_cut=is_cut), comparison.parts(expected)
    )
    if is_cut:
        pairs = takewhile(lambda pair: pair[0] is not None, pairs)
    found = next(
        (
            (number, printed, wanted)
            for number, (printed, wanted) in enumerate(pairs)
            if printed is None or wanted is None or not _is_same(printed, wanted, comparison)
        ),
        None,
    )
    if found is None:
        return None
    number, printed, wanted = found
    cause = _cause(f"{comparison.unit} {number + 1}", printed, wanted, comparison)
    how = f" ({comparison.how})" if comparison.how else ""
    diff = _diff(number, output, expected, comparison, is_cut=is_cut)
    return Difference(cause + how, diff)


def _printed(output: str, comparison: Comparison, *, is_cut: bool) -> Iterator[str]:
    """Yield the parts of an output; of one that was cut, the last is `_Begun`."""
    if not is_cut:
        yield from comparison.parts(output)
        return
    before: str | None = None
    for part in comparison.parts(output):
        if before is not None:
            yield before
        before = part
    if before is not None:
        yield _Begun(f"{before}…")


def _is_same(printed: str, wanted: str, comparison: Comparison) -> bool:
    if isinstance(printed, _Begun):
        return printed.may_be(wanted, comparison)
    return comparison.is_same(printed, wanted)


def _cause(place: str, printed: str | None, wanted: str | None, comparison: Comparison) -> str:
    if printed is None:
        return f"the output ends before {place}, expected {comparison.shown(wanted or '')}"
    if wanted is None:
        return f"{place} of the output is {comparison.shown(printed)}, expected its end"
    is_, should = map(comparison.shown, _apart(printed, wanted))
    return f"{place} of the output is {is_}, expected {should}"


def _apart(one: str, other: str) -> tuple[str, str]:
    """Return two parts without most of the start that they have in common, if it is long."""
    low, high = 0, min(len(one), len(other))
    while low < high:  # by halves: a line of many megabytes is compared at the speed of memory
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[:middle] == other[:middle] else (low, middle - 1)
    if low <= _ALIKE_CHARACTERS:
        return one, other
    start = low - _ALIKE_CHARACTERS // 2
    return f"…{one[start:]}", f"…{other[start:]}"


def _diff(first: int, output: str, expected: str, comparison: Comparison, *, is_cut: bool) -> str:
    start = max(0, first - _BEFORE)
    at, size = first - start, first - start + _FROM
    printed, wanted = (
        list(islice(parts, start, start + size + 1))
        for parts in (_printed(output, comparison, is_cut=is_cut), comparison.parts(expected))
    )
    if is_cut:  # what was to come after the cut may have come
        del wanted[len(printed) :]
    if at < min(len(printed), len(wanted)):
        printed[at], wanted[at] = _apart(printed[at], wanted[at])
    before, after = (
        [_cut(comparison.in_diff(part)) for part in side[:size]] for side in (wanted, printed)
    )
    # The hunk header that comes with it counts from the window, not from the text.
    body = list(unified_diff(before, after, n=_FROM, lineterm=""))[3:]
    lines = ["--- expected", "+++ output", f"@@ from {comparison.unit} {start + 1} @@", *body]
    if is_cut or max(len(printed), len(wanted)) > size:
        lines.append("…")
    return "\n".join(lines) + "\n"


def _cut(line: str) -> str:
    return line if len(line) <= _LINE_CHARACTERS else line[: _LINE_CHARACTERS - 1] + "…"

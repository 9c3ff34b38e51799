"""Output that a page shows beside its code, and how it is compared with what was printed.

It errs towards the author: white space, quotes, addresses, times and the last digits of numbers are
forgiven, and what may be prose is never a difference.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from daytona_validate._core.details import failure_details, unavailable_details
from daytona_validate._core.printable import one_line
from daytona_validate._core.results import rejudged
from daytona_validate._core.shown_cell import ShownCell, cell_difference
from daytona_validate._core.shown_line import ELLIPSES, is_like, normal
from daytona_validate._core.shown_session import ShownSession, session_difference
from daytona_validate._models import CodeValidationResult, Outcome, Reason, Stage

_Found: TypeAlias = tuple[int | None, str]
_MOST_SEARCHED = 50
"""Lines with an ellipsis that are looked for: each is compared with every line printed."""


@dataclass(frozen=True, slots=True)
class ShownLine:
    """Expected line of output, beside or after the code that prints it."""

    line: int
    """1-based line of the code."""
    text: str
    is_ordered: bool
    """Whether it is printed after those before it; else anywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownOutput:
    """Expected output of a block, as its page shows it."""

    lines: tuple[ShownLine, ...] = ()
    whole: str | None = None
    """All that it prints; None: that is not shown."""
    whole_line: int | None = None
    """1-based line of the file at which that begins; None: it is not known."""
    cell: ShownCell | None = None
    """What a notebook keeps of it; None: nothing, or it is not compared."""
    session: ShownSession | None = None
    """None: it is no session, or one that is compared in another way."""


NOTHING_SHOWN = ShownOutput()


def compared_with_shown(result: CodeValidationResult, shown: ShownOutput) -> CodeValidationResult:
    """Return the result of a block that passed, compared with the output that its page shows.

    Args:
        result: Where some of its output was not kept, and what is shown is not in the rest, nobody
            knows: it is `unavailable`.
        shown: What its page shows.
    """
    if result.outcome is not Outcome.PASSED or shown == NOTHING_SHOWN:
        return result
    found = _difference(result.output, shown)
    if found is None:
        return result
    line, said = found
    if result.lost_bytes.stdout:
        details = unavailable_details(f"{said}, and not all of its output was kept")
        return _with(result, Outcome.UNAVAILABLE, details, None, reason=Reason.OUTPUT_LOST)
    place = "" if line is None else f" (line {line})"
    return _with(result, Outcome.WRONG_OUTPUT, failure_details(said + place), line)


def _with(
    result: CodeValidationResult,
    outcome: Outcome,
    details: str,
    line: int | None,
    *,
    reason: Reason | None = None,
) -> CodeValidationResult:
    changed = rejudged(result, outcome, details, reason=reason)
    return replace(changed, stage=Stage.CHECK, caveat=None, error_line=line)


def _difference(output: str, shown: ShownOutput) -> _Found | None:
    """Return what is shown and was not printed: its line in the code, and a cause."""
    printed = _lines(output)
    found = _line_not_printed(printed, shown.lines)
    if found is None and shown.whole is not None:
        found = _first_other(printed, _lines(shown.whole))
    if found is None and shown.cell is not None:
        said = cell_difference(shown.cell, printed)
        found = None if said is None else (None, said)
    if found is None and shown.session is not None:
        found = session_difference(shown.session, output)
    return found


def _lines(text: str) -> list[str]:
    return text.rstrip().split("\n") if text.strip() else []


def _line_not_printed(printed: list[str], lines: Iterable[ShownLine]) -> _Found | None:
    places: defaultdict[str, list[int]] = defaultdict(list)
    for number, line in enumerate(printed):
        for form in _forms(line):
            places[form].append(number)
    position = searched = 0
    for each in lines:
        start = position if each.is_ordered else 0
        if "..." in each.text or "…" in each.text:
            searched += 1
            near = range(start, len(printed)) if searched <= _MOST_SEARCHED else ()
            place = next((at for at in near if is_like(printed[at], each.text)), None)
        else:
            place = _first(places.get(normal(each.text), ()), start)
        if place is None and searched <= _MOST_SEARCHED:
            now = "".join(f", but '{one_line(line, 60)}'" for line in printed[start : start + 1])
            return each.line, f"'{one_line(each.text, 60)}' is not in the output{now}"
        if place is not None and each.is_ordered:
            position = place + 1
    return None


def _first(places: Sequence[int], start: int) -> int | None:
    """Return the first of some places, in ascending order, that is no sooner than a start."""
    at = bisect_left(places, start)
    return places[at] if at < len(places) else None


def _forms(line: str) -> set[str]:
    """Return what a printed line may be shown as: all of it, or what follows its label."""
    forms = {line}
    for mark in (": ", "= ", " "):
        forms.add(line.rpartition(mark)[2])
    forms.add(line.partition(": ")[2] or line)
    return {normal(form) for form in forms}


def _first_other(printed: list[str], shown: list[str]) -> _Found | None:
    places: defaultdict[str, list[int]] = defaultdict(list)
    for number, line in enumerate(printed):
        places[normal(line)].append(number)
    at, is_any = 0, False
    for want in shown:
        if want.strip() in ELLIPSES:  # any lines, up to the next that is shown
            is_any = True
            continue
        if is_any:
            at, is_any = _first(places.get(normal(want), ()), at) or at, False
        if at >= len(printed):
            return None, f"the output ends before '{one_line(want, 60)}', which the page shows"
        if not is_like(printed[at], want):
            now = one_line(printed[at], 60)
            return None, f"line {at + 1} of the output is '{now}', shown is '{one_line(want, 60)}'"
        at += 1
    if at < len(printed) and not is_any:
        return None, f"line {at + 1} of the output, '{one_line(printed[at], 60)}', is not shown"
    return None

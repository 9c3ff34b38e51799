"""The report as Markdown: tables of numbers, of causes and of failures, as in a step's summary.

GitHub shows at most 1 MiB of a summary; what is left out here is counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from daytona_validate._core.causes import Cause
from daytona_validate._core.printable import one_line
from daytona_validate._core.reported import Reported
from daytona_validate._core.summary import Summary, Totals

_FAILURES_SHOWN = 200
_CAUSES_SHOWN = 20
_MARKS = re.compile(r"[!\"#$%&*+.:<=>?@\[\\\]^_`{|}~]")


def end(results: Sequence[Reported], summary: Summary) -> str:
    """Return the document."""
    failed = [each for each in results if each.is_failure]
    parts = [_head(summary), _table(_NUMBERS, map(_numbers, [*summary.languages, summary.total]))]
    if summary.causes:
        shown = summary.causes[:_CAUSES_SHOWN]
        rows = ((str(c.count), _inert(c.title), _answer(c.answer), _places(c)) for c in shown)
        parts += ["### Why, most first", _table(("count", "cause", "answer", "first"), rows)]
        parts += _left_out(len(summary.causes) - len(shown), "causes")
    if failed:
        listed = [
            (_code(each.place), str(each.result.outcome), _code(each.cause))
            for each in failed[:_FAILURES_SHOWN]
        ]
        parts += ["### What did not pass", _table(("place", "outcome", "cause"), listed)]
        parts += _left_out(len(failed) - _FAILURES_SHOWN, "failures")
    return "\n\n".join(parts) + "\n"


_NUMBERS = ("language", "count", "passed", "failed", "unavailable", "other", "p50 ms", "p95 ms")


def _head(summary: Summary) -> str:
    total = summary.total
    noun = "snippet" if total.count == 1 else "snippets"
    said = ", ".join(f"{n} {_inert(str(each))}" for each, n in summary.outcomes.items())
    lines = [f"## {total.count} {noun}: {said or 'nothing ran'}"]
    lines += [] if summary.is_whole else ["**Interrupted: these are not all snippets.**"]
    return "\n\n".join([*lines, *map(_inert, summary.not_read.lines())])


def _numbers(totals: Totals) -> tuple[str, ...]:
    durations = (totals.durations.p50_s, totals.durations.p95_s)
    counts = (totals.count, totals.passed, totals.failed, totals.unavailable, totals.left_out)
    milliseconds = ("" if s is None else f"{s * 1000:.0f}" for s in durations)
    return (_inert(totals.language), *(str(n) for n in counts), *milliseconds)


def _places(cause: Cause) -> str:
    return ", ".join(_code(each.place) for each in cause.places[:3])


def _answer(text: str) -> str:
    """Return an answer of ours; what stands in backticks there is code."""
    parts = text.split("`")
    return "".join(_code(part) if n % 2 else _without_marks(part) for n, part in enumerate(parts))


def _left_out(count: int, what: str) -> list[str]:
    return [f"… {count} more {what}"] if count > 0 else []


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["-"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _code(text: str) -> str:
    return f"<code>{_inert(text)}</code>"


def _inert(text: str) -> str:
    """Return text that Markdown shows as it is: no mark, tag, link or table cell."""
    return _without_marks(one_line(text))


def _without_marks(text: str) -> str:
    return _MARKS.sub(lambda match: f"&#{ord(match[0])};", text)

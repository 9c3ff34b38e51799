"""The table of numbers per language, for a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Sequence

from daytona_validate._core.summary import Durations, Summary, Totals

_HEADERS = (
    "language", "count", "passed", "failed", "unavailable", "other", "per s", "p50/p95/p99 ms",
)  # fmt: skip
_WHOLE_FROM = 100


def totals_table(summary: Summary) -> str:
    """Return a row for each language, and one for all if there are several."""
    total = [summary.total] if len(summary.languages) > 1 else []
    return _table([_HEADERS, *(_cells(each) for each in [*summary.languages, *total])])


def _cells(numbers: Totals) -> tuple[str, ...]:
    return (
        numbers.language,
        *(str(n) for n in (numbers.count, numbers.passed, numbers.failed)),
        str(numbers.unavailable),
        str(numbers.left_out),
        _rate(numbers.per_second),
        _milliseconds(numbers.durations),
    )


def _rate(per_second: float) -> str:
    return f"{per_second:.1f}" if per_second < _WHOLE_FROM else f"{per_second:.0f}"


def _milliseconds(durations: Durations) -> str:
    values = (durations.p50_s, durations.p95_s, durations.p99_s)
    return "/".join("-" if seconds is None else f"{seconds * 1000:.0f}" for seconds in values)


def _table(rows: Sequence[Sequence[str]]) -> str:
    """Return rows in columns: names to the left, numbers to the right."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = (
        [cell.rjust(width) if n else cell.ljust(width) for n, (cell, width) in enumerate(pairs)]
        for pairs in (list(zip(row_, widths, strict=True)) for row_ in rows)
    )
    return "".join("  ".join(cells) + "\n" for cells in lines)

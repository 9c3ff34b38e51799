"""The report for people: what did not pass, where, why, and the command that repeats it."""

from __future__ import annotations

from collections.abc import Sequence

from daytona_validate._core.details import cause
from daytona_validate._core.outcomes import row
from daytona_validate._core.printable import one_line
from daytona_validate._core.summary import Row, Summary
from daytona_validate._models import CodeValidationResult, Outcome
from daytona_validate._reports.shell_word import shell_word

_PATH_CHARACTERS = 1000
_HEADERS = (
    "language", "count", "passed", "failed", "unavailable", "other", "per second",
    "p50 ms", "p95 ms", "p99 ms",
)  # fmt: skip


def each(result: CodeValidationResult) -> str:
    """Return nothing for what passed, else `file:line: outcome: cause`, and how to repeat it."""
    if result.outcome is Outcome.PASSED:
        return ""
    place = one_line(place_of(result), _PATH_CHARACTERS)
    lines = [f"{place}: {result.outcome}: {one_line(cause(result.details))}"]
    is_failure = row(result.outcome, result.fault).exit_code != 0
    if is_failure and result.location is not None:
        lines.append(f"    daytona-validate run {shell_word(str(result.location))}")
    return "\n".join(lines) + "\n"


def place_of(result: CodeValidationResult) -> str:
    """Return where a snippet stands, else what it is called, else its number in the source."""
    if result.location is not None:
        return str(result.location)
    return f"snippet {result.index}" if result.snippet_id is None else result.snippet_id


def end(_results: Sequence[CodeValidationResult], summary: Summary) -> str:
    """Return the table of numbers per language, and one line for all."""
    total = summary.total
    said = ", ".join(f"{count} {outcome}" for outcome, count in summary.outcomes.items())
    noun = "snippet" if total.count == 1 else "snippets"
    last = f"{total.count} {noun} in {summary.elapsed_s:.1f} s: {said or 'nothing ran'}\n"
    if not summary.languages:
        return last
    rows = [*summary.languages, *([total] if len(summary.languages) > 1 else [])]
    return "\n" + _table([_HEADERS, *(_cells(each) for each in rows)]) + "\n" + last


def _cells(numbers: Row) -> tuple[str, ...]:
    durations = numbers.durations
    return (
        numbers.language,
        *(str(n) for n in (numbers.count, numbers.passed, numbers.failed)),
        str(numbers.unavailable),
        str(numbers.left_out),
        f"{numbers.per_second:.1f}",
        *(_milliseconds(s) for s in (durations.p50_s, durations.p95_s, durations.p99_s)),
    )


def _milliseconds(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds * 1000:.0f}"


def _table(rows: Sequence[Sequence[str]]) -> str:
    """Return rows in columns: names to the left, numbers to the right."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = (
        [cell.rjust(width) if n else cell.ljust(width) for n, (cell, width) in enumerate(pairs)]
        for pairs in (list(zip(row_, widths, strict=True)) for row_ in rows)
    )
    return "".join("  ".join(cells) + "\n" for cells in lines)

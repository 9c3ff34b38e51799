"""The report for people: what counts as a failure, where, why, and the command that repeats it.

What does not count (a course may have hundreds of fragments) is a number in the last line, and
listed only when that is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from daytona_validate._core.details import cause
from daytona_validate._core.outcomes import outcome_row
from daytona_validate._core.printable import one_line
from daytona_validate._core.reported import Reported
from daytona_validate._core.summary import Summary, Totals
from daytona_validate._models import Caveat, CodeValidationResult, Location, Outcome
from daytona_validate._reports.shell_word import shell_path, shell_word

_PATH_CHARACTERS = 1000
_STDIN = "-"
_CAVEATS = {
    Caveat.TESTS_NOT_RUN: "tests that were not run (see --tests)",
    Caveat.TESTS_CUT_OFF: "tests that had not ended",
    Caveat.TESTS_FAILED: "tests that failed",
}
_HEADERS = (
    "language", "count", "passed", "failed", "unavailable", "other", "per second",
    "p50 ms", "p95 ms", "p99 ms",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class TextStyle:
    """Options of the text report."""

    is_strict: bool = False
    """Whether fragments count as failures."""
    is_verbose: bool = False
    """Whether all that did not pass is listed, and what passed with a reservation."""
    repeat_options: tuple[str, ...] = ()
    """Options with which `run` repeats a snippet, each with its value."""
    include_folders: tuple[tuple[str, str], ...] = ()
    """Prefix of paths below a folder, and the folder, for `run --include-folder`."""
    stdin_path: str | None = None
    """The path shown for stdin; None: it was not read."""

    def counts(self, outcome: Outcome) -> bool:
        """Whether an outcome makes a run fail."""
        found = outcome_row(outcome)
        return (found.strict_exit_code if self.is_strict else found.exit_code) != 0

    def lists(self, outcome: Outcome) -> bool:
        """Whether results of an outcome are lines of their own."""
        return outcome is not Outcome.PASSED and (self.is_verbose or self.counts(outcome))


PLAIN = TextStyle()


def each(reported: Reported, style: TextStyle = PLAIN) -> str:
    """Return `file:line: outcome: cause`, for a failure with how to repeat it; or nothing."""
    result = reported.result
    if not style.lists(result.outcome) and not (style.is_verbose and result.caveat):
        return ""
    place = one_line(place_of(result), _PATH_CHARACTERS)
    lines = [f"{place}: {result.outcome}: {one_line(cause(result.details))}"]
    if style.counts(result.outcome) and result.location is not None:
        lines.append(f"    {_repeating(result.location, style)}")
    return "\n".join(lines) + "\n"


def _repeating(location: Location, style: TextStyle) -> str:
    """Return the command that runs a snippet again; for one from stdin, with the same stdin."""
    words = ["daytona-validate", "run", *map(shell_word, style.repeat_options)]
    if location.included is not None:
        folders = (each for each in style.include_folders if location.path.startswith(each[0]))
        words += [shell_word(f"--include-folder={folder}") for _, folder in islice(folders, 1)]
    if location.path != style.stdin_path:
        return " ".join([*words, shell_path(str(location))])
    named = [] if location.path == _STDIN else [shell_word(f"--stdin-filename={location.path}")]
    return " ".join([*words, *named, "--", f"{_STDIN}:{location.line}"])


def place_of(result: CodeValidationResult) -> str:
    """Return where a snippet stands, else what it is called, else its number in the source."""
    if result.location is not None:
        return str(result.location)
    return f"snippet {result.index}" if result.snippet_id is None else result.snippet_id


def end(_results: Sequence[Reported], summary: Summary, style: TextStyle = PLAIN) -> str:
    """Return the table of numbers per language, and one line for all."""
    total = summary.total
    said = ", ".join(f"{count} {outcome}" for outcome, count in summary.outcomes.items())
    if any(each is not Outcome.PASSED and not style.lists(each) for each in summary.outcomes):
        said += " (-v lists all)"
    noun = "snippet" if total.count == 1 else "snippets"
    said += _caveats(summary, style)
    not_read = summary.not_read.line()
    last = f"{one_line(not_read, _PATH_CHARACTERS)}\n" if not_read else ""
    last += _sandboxes(summary)
    last += f"{total.count} {noun} in {summary.elapsed_s:.1f} s: {said or 'nothing ran'}\n"
    if not summary.languages:
        return last
    rows = [*summary.languages, *([total] if len(summary.languages) > 1 else [])]
    return "\n" + _table([_HEADERS, *(_cells(each) for each in rows)]) + "\n" + last


def _sandboxes(summary: Summary) -> str:
    """Return the line on what the sandboxes came to, where that is counted."""
    account = summary.sandboxes
    if account is None:
        return ""
    noun = "sandbox" if account.created == 1 else "sandboxes"
    return f"{account.created} {noun}, {account.sandbox_seconds:.1f} sandbox-seconds\n"


def _caveats(summary: Summary, style: TextStyle) -> str:
    """Return the reservations about snippets that passed; mostly empty."""
    said = "".join(f"; {n} passed with {_CAVEATS[each]}" for each, n in summary.caveats.items())
    return f"{said} (-v lists all)" if said and not style.is_verbose else said


def _cells(numbers: Totals) -> tuple[str, ...]:
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

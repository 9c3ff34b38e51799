"""The one table of outcomes: classification, exit codes, docs and tests derive from it.

The promise behind it: a failure of ours or of the host is never reported as a failure of the
code, nor the other way round.
"""

from __future__ import annotations

from dataclasses import dataclass

from daytona_validate._models import (
    Caveat,
    EarlierRun,
    Fault,
    Missing,
    Outcome,
    Reason,
    Stage,
    Status,
)


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """Mapping of an outcome to its status, fault and exit codes."""

    outcome: Outcome
    fault: Fault
    exit_code: int
    """What `check` exits with if this is the worst it has seen."""
    strict_exit_code: int
    """The same under `--strict`."""
    meaning: str

    @property
    def status(self) -> Status:
        """`Success` or `Failure`, the two words of this project's first users."""
        return "Success" if self.outcome is Outcome.PASSED else "Failure"


_EXITED_WELL = "It exited with code 0; its output matches `expected_output`, if that is given."
_DIFFERS = "Its output differs from `expected_output`, or it was to fail and did not."
_NOT_JUDGED = "No sandbox was made, it was lost, or too little of its output was kept."
_CALLED_OFF = "Its call was ended before it had a verdict: run it again."
_LACKS = "It needs a package, or something such as a display, that the sandbox does not have."

OUTCOME_TABLE: tuple[OutcomeRow, ...] = tuple(
    OutcomeRow(*values)
    for values in (
        (Outcome.PASSED, Fault.NONE, 0, 0, _EXITED_WELL),
        (Outcome.SKIPPED, Fault.NONE, 0, 0, "It is left out on purpose."),
        (Outcome.NOT_RUNNABLE, Fault.NONE, 0, 1, "It is a fragment, not a whole program."),
        (Outcome.CANCELLED, Fault.NONE, 0, 0, _CALLED_OFF),
        (Outcome.COMPILE_ERROR, Fault.SNIPPET, 1, 1, "Its compiler or parser rejected it."),
        (Outcome.RUNTIME_ERROR, Fault.SNIPPET, 1, 1, "It exited with an error or by a signal."),
        (Outcome.TIMEOUT, Fault.SNIPPET, 1, 1, "It exceeded its time limit."),
        (Outcome.MEMORY_LIMIT, Fault.SNIPPET, 1, 1, "It exceeded its memory limit."),
        (Outcome.OUTPUT_LIMIT, Fault.SNIPPET, 1, 1, "It exceeded its output limit."),
        (Outcome.PROCESS_LIMIT, Fault.SNIPPET, 1, 1, "It exceeded its process limit."),
        (Outcome.DISK_LIMIT, Fault.SNIPPET, 1, 1, "It exceeded its disk limit."),
        (Outcome.WRONG_OUTPUT, Fault.SNIPPET, 1, 1, _DIFFERS),
        (Outcome.UNSUPPORTED_LANGUAGE, Fault.SNIPPET, 1, 1, "Its language is not supported."),
        (Outcome.INVALID_SNIPPET, Fault.SNIPPET, 1, 1, "One of its fields is invalid."),
        (Outcome.MISSING_DEPENDENCY, Fault.ENVIRONMENT, 1, 1, _LACKS),
        (Outcome.UNAVAILABLE, Fault.ENVIRONMENT, 3, 3, "Its language's toolchain is missing."),
        (Outcome.UNAVAILABLE, Fault.INFRASTRUCTURE, 3, 3, _NOT_JUDGED),
    )
)

ROWS: dict[tuple[Outcome, Fault], OutcomeRow] = {
    (row.outcome, row.fault): row for row in OUTCOME_TABLE
}


_ROWS_BY_OUTCOME = {row.outcome: row for row in OUTCOME_TABLE}
"""The last row of each, where there are two."""


def outcome_row(outcome: Outcome, fault: Fault | None = None) -> OutcomeRow:
    """Return the row of an outcome.

    Args:
        outcome: The outcome.
        fault: Needed for `unavailable` alone, which has two rows; None: that of infrastructure.
    """
    return _ROWS_BY_OUTCOME[outcome] if fault is None else ROWS[outcome, fault]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Judgement of one execution."""

    outcome: Outcome
    fault: Fault
    stage: Stage
    """The stage that decided it."""
    details: str
    """One harmless line for people."""
    output: str
    """What the program wrote to stdout."""
    error: str | None
    """What the program wrote to stderr, or the compiler to both streams; None if empty."""
    reason: Reason | None = None
    """Why there is none; None unless it is `unavailable`."""
    caveat: Caveat | None = None
    """What a pass does not prove."""
    error_line: int | None = None
    """1-based line of the code where the error that ended it happened."""
    missing: Missing | None = None
    """What it lacked, if that ended it."""
    earlier: tuple[EarlierRun, ...] = ()
    """Of each code that ran before it in its session."""

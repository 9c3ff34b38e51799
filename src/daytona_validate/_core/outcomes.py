"""The one table of outcomes: classification, exit codes, docs and tests derive from it.

The promise behind it: a failure of ours or of the machine is never reported as a failure
of the code, nor the other way round.
"""

from __future__ import annotations

from dataclasses import dataclass

from daytona_validate._models import Caveat, Fault, Outcome, Stage


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """What an outcome means to those who read only the status, the fault or an exit code."""

    outcome: Outcome
    fault: Fault
    exit_code: int
    """What `check` exits with if this is the worst it has seen."""
    strict_exit_code: int
    """The same under `--strict`."""
    meaning: str

    @property
    def status(self) -> str:
        """`Success` or `Failure`, the two words of this project's first users."""
        return "Success" if self.outcome is Outcome.PASSED else "Failure"


OUTCOME_TABLE: tuple[OutcomeRow, ...] = (
    OutcomeRow(Outcome.PASSED, Fault.NONE, 0, 0, "It ran and did what it should."),
    OutcomeRow(Outcome.SKIPPED, Fault.NONE, 0, 0, "It was not to be run."),
    OutcomeRow(Outcome.NOT_RUNNABLE, Fault.NONE, 0, 1, "It is a fragment, not a program."),
    OutcomeRow(Outcome.CANCELLED, Fault.NONE, 0, 0, "It was called off before it was judged."),
    OutcomeRow(Outcome.COMPILE_ERROR, Fault.SNIPPET, 1, 1, "It is not a valid program."),
    OutcomeRow(Outcome.RUNTIME_ERROR, Fault.SNIPPET, 1, 1, "It ended with an error."),
    OutcomeRow(Outcome.TIMEOUT, Fault.SNIPPET, 1, 1, "It did not end within its time limit."),
    OutcomeRow(Outcome.MEMORY_LIMIT, Fault.SNIPPET, 1, 1, "It asked for more memory than it may."),
    OutcomeRow(Outcome.OUTPUT_LIMIT, Fault.SNIPPET, 1, 1, "It printed more than it may."),
    OutcomeRow(
        Outcome.PROCESS_LIMIT, Fault.SNIPPET, 1, 1, "It started more processes than it may."
    ),
    OutcomeRow(Outcome.DISK_LIMIT, Fault.SNIPPET, 1, 1, "It filled its work folder."),
    OutcomeRow(Outcome.WRONG_OUTPUT, Fault.SNIPPET, 1, 1, "It ran, but not as it was said to."),
    OutcomeRow(
        Outcome.UNSUPPORTED_LANGUAGE, Fault.SNIPPET, 1, 1, "Its language is not known here."
    ),
    OutcomeRow(Outcome.INVALID_SNIPPET, Fault.SNIPPET, 1, 1, "It cannot be run as given."),
    OutcomeRow(
        Outcome.MISSING_DEPENDENCY,
        Fault.ENVIRONMENT,
        1,
        1,
        "It needs a package, or a thing such as a display, that is not there.",
    ),
    OutcomeRow(
        Outcome.UNAVAILABLE, Fault.ENVIRONMENT, 3, 3, "Its language's toolchain is missing."
    ),
    OutcomeRow(Outcome.UNAVAILABLE, Fault.INFRASTRUCTURE, 3, 3, "No verdict could be had."),
)

ROWS: dict[tuple[Outcome, Fault], OutcomeRow] = {
    (row.outcome, row.fault): row for row in OUTCOME_TABLE
}


def row(outcome: Outcome, fault: Fault | None = None) -> OutcomeRow:
    """Return the row of an outcome.

    Args:
        outcome: The outcome.
        fault: Only needed for `unavailable`, the one outcome with two rows; None takes the last.
    """
    if fault is not None:
        return ROWS[outcome, fault]
    return next(r for r in reversed(OUTCOME_TABLE) if r.outcome is outcome)


def markdown_table() -> str:
    """Return the table as the README shows it, ending in a newline."""
    header = ("outcome", "status", "fault", "exit code", "with `--strict`", "meaning")
    lines = ["| " + " | ".join(header) + " |", "| " + " | ".join("-" for _ in header) + " |"]
    lines += [
        f"| `{r.outcome}` | {r.status} | {r.fault} | {r.exit_code} | {r.strict_exit_code} "
        f"| {r.meaning} |"
        for r in OUTCOME_TABLE
    ]
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The judgement of one execution."""

    outcome: Outcome
    fault: Fault
    stage: Stage
    """Where it was decided."""
    details: str
    """One harmless line for people."""
    output: str
    """What the program wrote to stdout."""
    error: str | None
    """What it wrote to stderr, or the compiler to both streams; None if empty."""
    caveat: Caveat | None = None
    """What a pass does not say."""

"""Code that is meant to fail: failed as meant is a pass, and anything else is told."""

from __future__ import annotations

from dataclasses import replace

from daytona_validate._core.details import as_expected_details, cause, failure_details
from daytona_validate._core.outcomes import Verdict, outcome_row
from daytona_validate._core.printable import ONE_LINE_CHARACTERS, one_line
from daytona_validate._core.told_error import has_word
from daytona_validate._models import Fault, Outcome, Stage

_BY_ANY_NAME = frozenset({Outcome.COMPILE_ERROR, Outcome.RUNTIME_ERROR})
"""What is a failure as meant where no name is given."""
_BY_THEIR_NAME = _BY_ANY_NAME | {
    Outcome.TIMEOUT,
    Outcome.MEMORY_LIMIT,
    Outcome.OUTPUT_LIMIT,
    Outcome.PROCESS_LIMIT,
    Outcome.DISK_LIMIT,
    Outcome.MISSING_DEPENDENCY,
}
"""What is one if it is called by its name, or by what stands in its cause."""
_LONGEST_NAME = 80


def as_meant(verdict: Verdict, name: str | None) -> Verdict:
    """Return the verdict on code that may be meant to fail.

    Args:
        verdict: As if it was not.
        name: Of the error or the outcome that is meant; empty: any error; None: it is not meant to
            fail.
    """
    if name is None:
        return verdict
    name = name.strip()
    if verdict.outcome is Outcome.PASSED:
        return _passed(verdict, name)
    if _is_meant(verdict, name):
        return replace(
            verdict,
            outcome=Outcome.PASSED,
            fault=Fault.NONE,
            details=as_expected_details(cause(verdict.details)),
        )
    if outcome_row(verdict.outcome, verdict.fault).fault is Fault.NONE:
        return verdict
    told = f"; it was meant to fail{_with(name)}"
    details = one_line(verdict.details, ONE_LINE_CHARACTERS - len(told)) + told
    return replace(verdict, details=details)


def _passed(verdict: Verdict, name: str) -> Verdict:
    details = failure_details(f"it was meant to fail{_with(name)} and did not")
    return replace(
        verdict,
        outcome=Outcome.WRONG_OUTPUT,
        fault=Fault.SNIPPET,
        stage=Stage.CHECK,
        details=details,
        caveat=None,
    )


def _is_meant(verdict: Verdict, name: str) -> bool:
    if not name:
        return verdict.outcome in _BY_ANY_NAME
    if verdict.outcome not in _BY_THEIR_NAME:
        return False
    return name == verdict.outcome.value or has_word(cause(verdict.details), name)


def _with(name: str) -> str:
    return f" with {one_line(name, _LONGEST_NAME)}" if name else ""

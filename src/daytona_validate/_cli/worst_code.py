"""From the outcome of one snippet, or of many, to an exit code."""

from __future__ import annotations

from collections.abc import Iterable

from daytona_validate._cli.exit_codes import ExitCode
from daytona_validate._core.outcomes import row
from daytona_validate._models import CodeValidationResult, Fault, Outcome

_NEVER_RAN = frozenset({Outcome.SKIPPED, Outcome.CANCELLED})


def code_of_result(result: CodeValidationResult, *, is_strict: bool = False) -> ExitCode:
    """Return what one result alone would let a command exit with."""
    return _code(result.outcome, result.fault, is_strict=is_strict)


def code_of_outcomes(outcomes: Iterable[Outcome], *, is_strict: bool) -> ExitCode:
    """Return the exit code of a whole run: 1 wins over 3, and 5 says that nothing ran at all.

    Args:
        outcomes: Each outcome that occurred, at least once.
        is_strict: Whether fragments count as failures.
    """
    seen = {outcome for outcome in outcomes if outcome not in _NEVER_RAN}
    if not seen:
        return ExitCode.NOTHING_RAN
    codes = {_code(outcome, None, is_strict=is_strict) for outcome in seen}
    return next(
        code for code in (ExitCode.FAILED, ExitCode.UNAVAILABLE, ExitCode.PASSED) if code in codes
    )


def _code(outcome: Outcome, fault: Fault | None, *, is_strict: bool) -> ExitCode:
    # Only `unavailable` has two rows, and both have the same code.
    found = row(outcome, fault if outcome is Outcome.UNAVAILABLE else None)
    return ExitCode(found.strict_exit_code if is_strict else found.exit_code)

"""The exit codes of the command line, and those of one outcome or of many."""

from __future__ import annotations

import signal
from collections.abc import Iterable
from enum import IntEnum

TYPE_CHECKING = False  # importing `typing` for it takes as long as half of --help
if TYPE_CHECKING:
    from daytona_validate._models import CodeValidationResult, Fault, Outcome


class ExitCode(IntEnum):
    """Exit codes of the program."""

    PASSED = 0
    FAILED = 1
    USAGE = 2
    UNAVAILABLE = 3
    NOTHING_RAN = 5
    INTERRUPTED = 130
    BROKEN_PIPE = 141
    """The reader of stdout is gone: 128 + SIGPIPE, as a shell reports it."""


class Interrupted(Exception):
    """SIGINT or SIGTERM ended the work, and everything that it had started is cleaned up.

    Args:
        received: The first signal that arrived.
    """

    def __init__(self, received: signal.Signals) -> None:
        super().__init__(f"interrupted by {received.name}")
        self.exit_code = 128 + received


def code_of_result(result: CodeValidationResult, *, is_strict: bool = False) -> ExitCode:
    """Return the exit code of one result."""
    return _code(result.outcome, result.fault, is_strict=is_strict)


def code_of_outcomes(outcomes: Iterable[Outcome], *, is_strict: bool) -> ExitCode:
    """Return the exit code of a whole run: 1 wins over 3, and 5 says that nothing ran at all.

    Args:
        outcomes: Each outcome that occurred, at least once.
        is_strict: Whether fragments count as failures.
    """
    from daytona_validate._models import Outcome

    seen = set(outcomes) - {Outcome.SKIPPED, Outcome.CANCELLED}  # those never ran
    if not seen:
        return ExitCode.NOTHING_RAN
    codes = {_code(outcome, None, is_strict=is_strict) for outcome in seen}
    return next(
        code for code in (ExitCode.FAILED, ExitCode.UNAVAILABLE, ExitCode.PASSED) if code in codes
    )


def _code(outcome: Outcome, fault: Fault | None, *, is_strict: bool) -> ExitCode:
    from daytona_validate._core.outcomes import outcome_row
    from daytona_validate._models import Outcome

    # Only `unavailable` has two rows, and both have the same code.
    found = outcome_row(outcome, fault if outcome is Outcome.UNAVAILABLE else None)
    return ExitCode(found.strict_exit_code if is_strict else found.exit_code)

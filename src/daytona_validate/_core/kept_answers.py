"""Which results may be kept as the answer to the same question, and how one is given again.

Only what the code itself decided is kept. What time, memory or another limit ended may end another
way on a machine that is less busy; what the infrastructure did is no answer at all.
"""

from __future__ import annotations

from dataclasses import replace

from daytona_validate._core.outcomes import outcome_row
from daytona_validate._core.session_report import met_limit
from daytona_validate._models import CodeValidationResult, Outcome, Snippet

_DECIDED = frozenset(
    {
        Outcome.PASSED,
        Outcome.COMPILE_ERROR,
        Outcome.RUNTIME_ERROR,
        Outcome.WRONG_OUTPUT,
        Outcome.NOT_RUNNABLE,
        Outcome.MISSING_DEPENDENCY,
    }
)


def may_be_kept(result: CodeValidationResult) -> bool:
    """Return whether the code itself decided a result, and no limit."""
    # What a limit ended has no exit code, also where that was meant and so has passed.
    has_ended = result.exit_code is not None and result.signal is None
    return (
        result.outcome in _DECIDED
        and result.attempts > 0
        and has_ended
        and not any(met_limit(each) for each in result.earlier)
        and _agrees(result)
    )


def _agrees(result: CodeValidationResult) -> bool:
    """Return whether a result's fault and its status are those of its outcome."""
    row = outcome_row(result.outcome)
    return (result.fault, result.status) == (row.fault, row.status)


def plain_answer(result: CodeValidationResult) -> CodeValidationResult:
    """Return a result without what belongs to the snippet that was asked with."""
    return replace(result, index=0, skill="", snippet_id=None, location=None)


def answer_to(snippet: Snippet, kept: CodeValidationResult, *, index: int) -> CodeValidationResult:
    """Return a kept result as that of a snippet.

    Args:
        snippet: The one that asks.
        kept: What `plain_answer` returned, once.
        index: Its position in its source.
    """
    return replace(
        kept,
        cached=True,
        index=index,
        skill=snippet.skill,
        snippet_id=snippet.snippet_id,
        location=snippet.location,
    )

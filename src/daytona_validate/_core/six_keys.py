"""The plain dict of six keys that this project's first users read."""

from __future__ import annotations

from daytona_validate._core.details import cause
from daytona_validate._models import CodeValidationResult, Outcome

_WITHOUT_CAUSE = frozenset(
    {Outcome.PASSED, Outcome.UNAVAILABLE, Outcome.CANCELLED, Outcome.SKIPPED}
)
"""Nothing failed, or it is a fallback: `error` is left as it is."""


def six_key_dict(result: CodeValidationResult) -> dict[str, object]:
    """Return exactly `skill, status, output, error, execution_time, details`.

    For a snippet that failed, `error` is its one-line cause; for one that passed, its stderr or
    None; for one that could not be validated, None.
    """
    has_cause = result.outcome not in _WITHOUT_CAUSE
    return {
        "skill": result.skill,
        "status": result.status,
        "output": result.output,
        "error": cause(result.details) if has_cause else result.error,
        "execution_time": result.execution_time,
        "details": result.details,
    }

"""Rows of reports, made field by field, for tests of what is said about them."""

from __future__ import annotations

from typing import Any

from daytona_validate._core.outcomes import outcome_row
from daytona_validate._core.reported import Reported
from daytona_validate._models import CodeValidationResult, Location, Outcome, Stage

OF_THE_ROW = ("code", "code_line", "section", "is_block", "fails_run")


def made_reported(
    *,
    outcome: Outcome | str = Outcome.RUNTIME_ERROR,
    path: str | None = "lesson.md",
    line: int = 12,
    cell: int | None = None,
    included: str | None = None,
    **values: Any,
) -> Reported:
    """Return a row: a failure at `lesson.md:12`, but for the fields that are given."""
    of_the_row = {name: values.pop(name) for name in OF_THE_ROW if name in values}
    outcome = Outcome(outcome)
    row = outcome_row(outcome)
    fields: dict[str, Any] = {
        "skill": "",
        "status": row.status,
        "output": "",
        "error": None,
        "execution_time": 0.25,
        "details": "Code execution failed: KeyError: 1",
        "outcome": outcome,
        "fault": row.fault,
        "stage": Stage.RUN,
        "language": "python",
        "provider": "fake",
        "location": None if path is None else Location(path, line, cell, included),
    }
    return Reported(result=CodeValidationResult(**{**fields, **values}), **of_the_row)

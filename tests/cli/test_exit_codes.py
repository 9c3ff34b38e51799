from __future__ import annotations

import pytest

from daytona_validate._cli.exit_codes import ExitCode, code_of_outcomes
from daytona_validate._core.outcomes import OUTCOME_TABLE, OutcomeRow
from daytona_validate._models import Outcome

P, F, U = Outcome.PASSED, Outcome.RUNTIME_ERROR, Outcome.UNAVAILABLE
NOT_RUNNABLE, SKIPPED, CANCELLED = Outcome.NOT_RUNNABLE, Outcome.SKIPPED, Outcome.CANCELLED


@pytest.mark.parametrize(
    ("outcomes", "is_strict", "code"),
    [
        ([], False, 5),
        ([SKIPPED], False, 5),
        ([SKIPPED, CANCELLED], True, 5),
        ([P], False, 0),
        ([P, SKIPPED, CANCELLED], True, 0),
        ([P, NOT_RUNNABLE], False, 0),
        ([NOT_RUNNABLE], False, 0),
        ([P, NOT_RUNNABLE], True, 1),
        ([P, F], False, 1),
        ([P, U], False, 3),
        ([P, U, F], False, 1),
        ([U, NOT_RUNNABLE], True, 1),
    ],
)
def test_run_exits_with_the_worst_of_its_outcomes(
    outcomes: list[Outcome], is_strict: bool, code: int
) -> None:
    """1 wins over 3, and a run in which nothing ran is neither good nor bad."""
    assert code_of_outcomes(outcomes, is_strict=is_strict) == code


@pytest.mark.parametrize("row", OUTCOME_TABLE, ids=lambda row: f"{row.outcome}-{row.fault}")
def test_each_outcome_exits_as_the_table_says(row: OutcomeRow) -> None:
    if row.outcome in (SKIPPED, CANCELLED):
        return
    assert code_of_outcomes([row.outcome], is_strict=False) == row.exit_code
    assert code_of_outcomes([row.outcome], is_strict=True) == row.strict_exit_code


def test_codes_are_the_documented_ones() -> None:
    assert [int(code) for code in ExitCode] == [0, 1, 2, 3, 5, 130, 141]

"""Which results may be given again: what the code decided, and nothing that time or chance did."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from daytona_validate import CodeValidationResult, Fault, Location, Outcome, Snippet, Stage
from daytona_validate._core.kept_answers import answer_to, may_be_kept, plain_answer
from daytona_validate._models import EarlierRun
from for_each import for_each
from made_results import made_reported

KEPT = {
    Outcome.PASSED,
    Outcome.COMPILE_ERROR,
    Outcome.RUNTIME_ERROR,
    Outcome.WRONG_OUTPUT,
    Outcome.NOT_RUNNABLE,
    Outcome.MISSING_DEPENDENCY,
}


def ran(outcome: Outcome = Outcome.PASSED, **values: Any) -> CodeValidationResult:
    return made_reported(outcome=outcome, **{"exit_code": 0, "attempts": 1, **values}).result


@for_each("outcome", list(Outcome))
def test_only_verdicts_of_the_code_itself_are_kept(outcome: Outcome) -> None:
    assert may_be_kept(ran(outcome)) is (outcome in KEPT)


@pytest.mark.parametrize(
    "values",
    [
        {"exit_code": None},
        {"exit_code": 137, "signal": 9},
        {"attempts": 0},
        {"earlier": (EarlierRun(has_passed=False, details="it met the time limit"),)},
        {"earlier": (EarlierRun(has_passed=False, details="it met the memory limit"),)},
        {"fault": Fault.INFRASTRUCTURE},
        {"status": "Failure"},
    ],
    ids=[
        "a limit ended it, as was meant",
        "a signal ended it",
        "it never ran",
        "an earlier block took too long",
        "an earlier block took too much memory",
        "the fault is another's",
        "the status is another's",
    ],
)
def test_what_could_end_another_way_is_not_kept(values: dict[str, Any]) -> None:
    assert not may_be_kept(ran(**values))


def test_an_earlier_block_may_have_failed_by_itself() -> None:
    failed = EarlierRun(has_passed=False, details="NameError: name 'x' is not defined")
    assert may_be_kept(ran(earlier=(failed, EarlierRun(has_passed=True))))


def test_an_answer_has_what_was_measured_then_and_the_place_of_who_asks() -> None:
    result = ran(execution_time=0.25, snippet_id="old", skill="old", index=9, stage=Stage.RUN)
    snippet = Snippet(
        code="", language="py", skill="new", snippet_id="new", location=Location("b.md", 1)
    )
    answer = answer_to(snippet, plain_answer(result), index=3)
    assert answer == replace(
        result,
        cached=True,
        index=3,
        skill="new",
        snippet_id="new",
        location=snippet.location,
    )

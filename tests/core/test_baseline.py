"""Known failures are known by their content: what moves is no news, what changes is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._core.baseline import (
    BaselineAccount,
    BaselineRun,
    BrokenBaseline,
    KnownFailure,
    baseline_of,
    baseline_text,
)
from daytona_validate._core.reported import Reported
from daytona_validate._models import CodeValidationResult, Fault, Location, Outcome, Stage

FAILED = Outcome.RUNTIME_ERROR


def reported(
    code: str, outcome: Outcome = FAILED, *, line: int = 1, language: str = "python"
) -> Reported:
    return Reported(
        result=CodeValidationResult(
            skill="",
            status="Failure",
            output="",
            error=None,
            execution_time=0.0,
            details="",
            outcome=outcome,
            fault=Fault.NONE,
            stage=Stage.RUN,
            language=language,
            provider="fake",
            location=Location("page.md", line) if line else None,
        ),
        code=code,
    )


def ran(run: BaselineRun, *rows: Reported) -> list[bool]:
    return [
        run.add(row, has_failed=row.result.outcome not in {Outcome.PASSED, Outcome.UNAVAILABLE})
        for row in rows
    ]


def recorded(*rows: Reported) -> tuple[KnownFailure, ...]:
    run = BaselineRun(())
    ran(run, *rows)
    return baseline_of(baseline_text(run.recorded()))


def account(known: int = 0, new: int = 0, fixed: int = 0, gone: int = 0) -> BaselineAccount:
    return BaselineAccount(known=known, new=new, fixed=fixed, gone=gone)


def test_what_moved_is_known_and_what_changed_is_new() -> None:
    run = BaselineRun(recorded(reported("a", line=3), reported("b")))
    assert ran(run, reported("a", line=90), reported("b + 1")) == [True, False]
    assert run.account() == account(known=1, new=1, gone=1)


def test_another_way_to_fail_is_new_and_neither_fixed_nor_gone() -> None:
    run = BaselineRun(recorded(reported("a")))
    assert ran(run, reported("a", Outcome.WRONG_OUTPUT)) == [False]
    assert run.account() == account(new=1)


def test_of_equal_contents_as_many_are_known_as_were_recorded() -> None:
    run = BaselineRun(recorded(reported("a"), reported("a")))
    assert ran(run, *[reported("a")] * 3) == [True, True, False]
    one_less = BaselineRun(recorded(reported("a"), reported("a")))
    ran(one_less, reported("a"), reported("a", Outcome.PASSED))
    assert one_less.account() == account(known=1, fixed=1)


def test_what_passes_is_fixed_and_what_was_not_judged_stays_known() -> None:
    run = BaselineRun(recorded(reported("a"), reported("b")))
    ran(run, reported("a", Outcome.PASSED), reported("b", Outcome.UNAVAILABLE))
    assert run.account() == account(fixed=1)
    assert [each.fingerprint for each in run.recorded()] == [reported("b").fingerprint]


def test_the_same_failures_are_the_same_text_in_any_order() -> None:
    rows = [reported("a", line=9), reported("b", line=2), reported("c", line=0)]
    assert baseline_text(recorded(*rows)) == baseline_text(recorded(*reversed(rows)))
    assert baseline_text(()) == '{"schema_version": 1, "failures": []}\n'
    assert baseline_of(baseline_text(())) == ()


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([FAILED, Outcome.TIMEOUT]))))
def test_a_run_is_known_by_its_own_baseline(rows: list[tuple[str, Outcome]]) -> None:
    results = [reported(code, outcome) for code, outcome in rows]
    run = BaselineRun(recorded(*results))
    assert all(ran(run, *results))
    assert run.account() == account(known=len(rows))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", "no baseline"),
        ('{"schema_version": 2, "failures": []}', "no baseline"),
        ('{"schema_version": 1, "failures": {}}', "no baseline"),
        ('{"schema_version": 1, "failures": [1]}', "entry 1"),
        (
            '{"schema_version": 1, "failures": [{"fingerprint": "a", "outcome": "b", "count": 0}]}',
            "entry 1",
        ),
    ],
)
def test_a_text_that_is_no_baseline_is_refused(text: str, problem: str) -> None:
    with pytest.raises(BrokenBaseline, match=problem):
        baseline_of(text)

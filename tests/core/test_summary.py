"""Results in numbers."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._core.outcomes import OUTCOME_TABLE, outcome_row
from daytona_validate._core.results import RunContext, unavailable
from daytona_validate._core.sandbox_account import SandboxAccount
from daytona_validate._core.summary import UNKNOWN_LANGUAGE, Durations, Tally, nearest_rank
from daytona_validate._errors import SandboxUnavailable
from daytona_validate._models import Caveat, CodeValidationResult, Fault, Outcome, Snippet
from for_each import for_each


def result(
    outcome: Outcome = Outcome.PASSED,
    *,
    language: str = "python",
    execution_time: float = 0.0,
    fault: Fault | None = None,
) -> CodeValidationResult:
    snippet = Snippet(code="x", language=language)
    return replace(
        unavailable(
            SandboxUnavailable("x"), RunContext(snippet=snippet, language=language, provider="p")
        ),
        status=outcome_row(outcome, fault).status,
        outcome=outcome,
        fault=outcome_row(outcome, fault).fault,
        execution_time=execution_time,
    )


def test_results_are_counted_per_language_and_in_all() -> None:
    tally = Tally()
    for each in (
        result(execution_time=0.2),
        result(execution_time=0.4),
        result(Outcome.TIMEOUT, execution_time=30.0),
        result(Outcome.MISSING_DEPENDENCY, execution_time=0.1),
        result(Outcome.NOT_RUNNABLE),
        result(Outcome.SKIPPED, language="javascript"),
        result(Outcome.CANCELLED, language="javascript"),
        result(Outcome.UNAVAILABLE, language="javascript"),
        result(Outcome.UNAVAILABLE, language="javascript", fault=Fault.ENVIRONMENT),
        result(Outcome.UNSUPPORTED_LANGUAGE, language="cobol"),
        result(Outcome.UNSUPPORTED_LANGUAGE, language="fortran"),
    ):
        tally.add(each)
    summary = tally.summary(5.5)

    assert [
        (r.language, r.count, r.passed, r.failed, r.unavailable, r.left_out)
        for r in (*summary.languages, summary.total)
    ] == [
        (UNKNOWN_LANGUAGE, 2, 0, 2, 0, 0),
        ("javascript", 4, 0, 0, 2, 2),
        ("python", 5, 2, 2, 0, 1),
        ("total", 11, 2, 4, 2, 3),
    ]
    assert [(r.language, r.judged, r.lost) for r in (*summary.languages, summary.total)] == [
        (UNKNOWN_LANGUAGE, 2, 0),
        ("javascript", 0, 2),
        ("python", 3, 1),
        ("total", 5, 3),
    ]
    assert summary.total.per_second == 2.0
    assert summary.languages[2].durations == Durations(
        p50_s=0.2, p95_s=30.0, p99_s=30.0, max_s=30.0
    )
    assert summary.languages[1].durations == Durations()
    assert summary.outcomes[Outcome.UNAVAILABLE] == 2
    assert Outcome.RUNTIME_ERROR not in summary.outcomes
    assert next(iter(summary.outcomes)) is Outcome.PASSED


def test_nothing_is_a_summary_too() -> None:
    summary = Tally().summary(0.0)
    assert (summary.total.count, summary.total.per_second) == (0, 0.0)
    assert (summary.languages, summary.outcomes) == ((), {})


def test_a_summary_is_plain_json() -> None:
    tally = Tally()
    tally.add(result(execution_time=0.25))
    found = json.loads(json.dumps(tally.summary(2.0).to_dict()))
    durations = {"p50_s": 0.25, "p95_s": 0.25, "p99_s": 0.25, "max_s": 0.25}
    numbers = {"count": 1, "passed": 1, "failed": 0, "unavailable": 0, "left_out": 0}
    numbers |= {"judged": 1, "lost": 0}
    assert found == {
        **numbers,
        "per_second": 0.5,
        "durations": durations,
        "elapsed_s": 2.0,
        "outcomes": {"passed": 1},
        "caveats": {},
        "cached": 0,
        "languages": [{"language": "python", **numbers, "per_second": 0.5, "durations": durations}],
        "not_read": [],
        "sandboxes": None,
        "is_whole": True,
        "causes": [],
    }


def test_what_the_sandboxes_came_to_is_part_of_it() -> None:
    account = SandboxAccount(created=2, sandbox_seconds=2.5)
    found = Tally().summary(2.0, sandboxes=account).to_dict()
    assert found["sandboxes"] == {"created": 2, "sandbox_seconds": 2.5}


def test_passes_with_a_caveat_are_counted() -> None:
    tally = Tally()
    idle = replace(result(), caveat=Caveat.TESTS_NOT_RUN)
    for each in (idle, result(), idle):
        tally.add(each)
    assert tally.summary(1.0).to_dict()["caveats"] == {"tests_not_run": 2}
    assert tally.summary(1.0).total.passed == 3


@for_each("each", OUTCOME_TABLE, ids=lambda each: f"{each.outcome}-{each.fault}")
def test_every_outcome_is_counted_once(each: object) -> None:
    found = next(r for r in OUTCOME_TABLE if r is each)
    tally = Tally()
    tally.add(result(found.outcome, fault=found.fault))
    total = tally.summary(1.0).total
    assert total.passed + total.failed + total.unavailable + total.left_out == 1
    assert (total.failed == 1) is (found.exit_code == 1)
    assert (total.unavailable == 1) is (found.exit_code == 3)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=50), st.integers(1, 100))
def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed(
    values: list[float], percent: int
) -> None:
    ordered = sorted(values)
    found = nearest_rank(ordered, percent)
    assert found in ordered
    assert sum(v <= found for v in ordered) * 100 >= percent * len(ordered)
    assert sum(v < found for v in ordered) * 100 < percent * len(ordered)


@given(st.lists(st.sampled_from(list(Outcome)), max_size=30))
def test_the_order_of_results_makes_no_difference(outcomes: list[Outcome]) -> None:
    forwards, backwards = Tally(), Tally()
    for outcome in outcomes:
        forwards.add(result(outcome))
    for outcome in reversed(outcomes):
        backwards.add(result(outcome))
    assert forwards.summary(1.0) == backwards.summary(1.0)


@given(st.lists(st.sampled_from([(row.outcome, row.fault) for row in OUTCOME_TABLE])))
def test_each_result_is_judged_lost_or_left_out(rows: list[tuple[Outcome, Fault]]) -> None:
    tally = Tally()
    for outcome, fault in rows:
        tally.add(result(outcome, fault=fault))
    total = tally.summary(1.0).total
    assert total.judged + total.lost + total.left_out == total.count
    lost = sum(not result(o, fault=f).is_verdict for o, f in rows if o is not Outcome.CANCELLED)
    assert total.lost == lost

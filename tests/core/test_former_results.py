"""Former results of a course: each snippet takes its own, or none."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from daytona_validate import CodeValidationResult, Fault, Location, Outcome, Stage
from daytona_validate._core.former_results import FormerResults, ResultKey, result_key


def result(index: int, outcome: Outcome = Outcome.PASSED) -> CodeValidationResult:
    return CodeValidationResult(
        skill="",
        status="Success",
        output="",
        error=None,
        execution_time=0.0,
        details="",
        outcome=outcome,
        fault=Fault.NONE,
        stage=Stage.RUN,
        language="python",
        provider="fake",
        index=index,
        location=Location("a.md", 10 * index + 1),
    )


A = result_key("a", Location("a.md", 1), provider="fake")
B = result_key("b", Location("a.md", 5), provider="fake")


def taken(former: Mapping[int, str], *wanted: ResultKey) -> dict[int, int]:
    """Return which former result each position takes."""
    results = FormerResults()
    for index, content in former.items():
        results.add(content, result(index))
    return {position: found.index for position, found in results.of(wanted).items()}


@pytest.mark.parametrize(
    ("former", "wanted", "found"),
    [
        ({0: "a", 1: "b"}, (A, B), {0: 0, 1: 1}),
        ({0: "b", 5: "a"}, (A, B), {0: 5, 1: 0}),
        ({1: "b"}, (A, B), {1: 1}),
        ({5: "a", 3: "a"}, (A, B, A), {0: 3, 2: 5}),
        ({2: "a"}, (A, B, A), {2: 2}),
        ({5: "a"}, (A, B, A), {}),
        ({0: "a", 1: "a"}, (A,), {0: 0}),
        ({}, (A,), {}),
    ],
    ids=[
        "the same course",
        "in another order",
        "only the rest runs",
        "duplicates in their order",
        "one of two, in its place",
        "one of two, nobody knows which",
        "one of two is gone",
        "another course",
    ],
)
def test_each_takes_its_own_or_none(
    former: dict[int, str], wanted: tuple[ResultKey, ...], found: dict[int, int]
) -> None:
    assert taken(former, *wanted) == found


def test_another_file_or_provider_is_another_snippet() -> None:
    other_file = result_key("a", Location("b.md", 1), provider="fake")
    other_provider = result_key("a", Location("a.md", 1), provider="daytona")
    assert taken({0: "a"}, other_file) == taken({0: "a"}, other_provider) == {}
    other_page = result_key("a", Location("a.md", 1), provider="fake", page="b")
    assert other_page not in (A, other_file)
    assert result_key("a", None, provider="fake", page="b") == ("a", "b", "", "fake")


@pytest.mark.parametrize(
    "outcome", [Outcome.UNAVAILABLE, Outcome.MISSING_DEPENDENCY, Outcome.CANCELLED]
)
def test_what_says_nothing_of_its_snippet_runs_again(outcome: Outcome) -> None:
    results = FormerResults()
    results.add("a", result(0, outcome))
    assert results.of([A]) == {}

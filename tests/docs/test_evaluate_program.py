"""What examples/evaluate.py computes, against other ways to come to the same."""

from __future__ import annotations

import importlib.util
import math
from itertools import combinations
from pathlib import Path
from statistics import mean
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st


def _program() -> ModuleType:
    path = Path(__file__).parents[2] / "examples" / "evaluate.py"
    spec = importlib.util.spec_from_file_location("evaluate", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


evaluate: Any = _program()


@settings(max_examples=30)
@given(st.lists(st.booleans(), min_size=1, max_size=7), st.data())
def test_pass_at_k_is_the_share_of_draws_with_a_right_answer(
    answers: list[bool], data: st.DataObject
) -> None:
    k = data.draw(st.integers(1, len(answers)))
    share = mean(any(drawn) for drawn in combinations(answers, k))
    assert math.isclose(evaluate.pass_at_k(len(answers), sum(answers), k), share)


@pytest.mark.parametrize(
    ("right", "count", "low", "high"),  # as R's prop.test(correct=FALSE) has them
    [(8, 10, 0.4902, 0.9433), (0, 20, 0.0, 0.1611), (164, 164, 0.9771, 1.0)],
)
def test_interval_of_one_answer_each_is_wilsons(
    right: int, count: int, low: float, high: float
) -> None:
    assert evaluate.wilson(right, count) == pytest.approx((low, high), abs=1e-4)


@settings(max_examples=5)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=9))
def test_interval_by_drawing_tasks_anew_lies_around_the_mean(values: list[float]) -> None:
    low, high = evaluate.bootstrap(values)
    assert min(values) <= low <= mean(values) + 1e-9
    assert mean(values) - 1e-9 <= high <= max(values)
    assert evaluate.bootstrap(values) == (low, high)


def test_lost_answers_are_in_no_share() -> None:
    rows = [
        ("a", "passed", True),
        ("a", "runtime_error", True),
        ("a", "unavailable", False),
        ("b", "missing_dependency", False),
        ("b", "passed", True),
        ("c", "unavailable", False),
    ]
    names = ("snippet_id", "outcome", "is_verdict")
    tasks, outcomes = evaluate.counted(dict(zip(names, row, strict=True)) for row in rows)
    assert tasks == {"a": [True, False], "b": [True]}
    assert outcomes == {
        "passed": 2,
        "runtime_error": 1,
        "unavailable": 2,
        "missing_dependency": 1,
    }


def test_tasks_with_too_few_answers_are_told() -> None:
    tasks = {"a": [True, False], "b": [True]}
    assert evaluate.share(tasks, 1).startswith("pass@1 0.750 (")
    assert evaluate.share(tasks, 2).endswith("over 1 tasks; 1 more have fewer than 2 answers")
    assert evaluate.share(tasks, 3) == "pass@3: no task has 3 answers that were judged"

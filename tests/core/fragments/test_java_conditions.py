"""A Java block that ends after a condition, as texts on style show them."""

from __future__ import annotations

import pytest

from block_results import block, compile_error
from daytona_validate._core.fragments.tries import completion, judged
from daytona_validate._models import CodeValidationResult, Outcome


@pytest.mark.parametrize(
    ("code", "outcome"),
    [("if (true)", Outcome.NOT_RUNNABLE), ("if (true) f() g();", Outcome.COMPILE_ERROR)],
)
def test_a_condition_at_the_end_is_no_program(code: str, outcome: Outcome) -> None:
    alone = compile_error("Main.java:1: error: illegal start of type", "java")
    said = compile_error("Main.java:1: error: illegal start of statement", "java")
    done = completion(block(code, "java"), alone)
    assert done is not None
    found = judged(block(code, "java"), alone, done, said)
    assert isinstance(found, CodeValidationResult)
    assert found.outcome is outcome

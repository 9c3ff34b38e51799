"""A program that ends well is judged by its output, where something is expected of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from daytona_validate._core.classify import classify
from daytona_validate._core.intake import Job
from daytona_validate._core.languages.python import PYTHON
from daytona_validate._core.outcomes import Verdict
from daytona_validate._models import Execution, Limits, Outcome, Snippet, Stage, Step


def judge(step: Step, *, snippet: Snippet) -> Verdict:
    return classify(Execution(steps=(step,), runtime="r"), Job(snippet, PYTHON, Limits()))


def ran(exit_code: int | None = 0, **values: object) -> Step:
    return replace(Step(stage=Stage.RUN, exit_code=exit_code), **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("expected", "outcome"),
    [
        ("a\nb\n", Outcome.PASSED),
        ("a\nb", Outcome.PASSED),
        ("a  \r\nb\n\n \n", Outcome.PASSED),
        ("a\n b", Outcome.WRONG_OUTPUT),
        ("a", Outcome.WRONG_OUTPUT),
        ("a\nb\nc", Outcome.WRONG_OUTPUT),
        ("A\nb", Outcome.WRONG_OUTPUT),
        ("", Outcome.WRONG_OUTPUT),
    ],
)
def test_expected_output_is_compared_without_trailing_white_space(
    expected: str, outcome: Outcome
) -> None:
    snippet = Snippet(code="x", language="python", expected_output=expected)
    verdict = judge(ran(stdout=b"a\nb\n"), snippet=snippet)
    assert verdict.outcome is outcome
    assert verdict.stage is (Stage.RUN if outcome is Outcome.PASSED else Stage.CHECK)


def test_wrong_output_comes_with_a_diff_after_stderr() -> None:
    snippet = Snippet(code="x", language="python", expected_output="a\nB\n")
    verdict = judge(ran(stdout=b"a\nb\n", stderr=b"note\n"), snippet=snippet)
    assert verdict.details == ("Code execution failed: line 2 of the output is 'b', expected 'B'")
    assert verdict.error == "note\n\n--- expected\n+++ output\n@@ from line 1 @@\n a\n-B\n+b\n"
    assert verdict.output == "a\nb\n"


@pytest.mark.parametrize(
    ("compare", "details"),
    [
        ("exact", r"line 1 of the output is '1.5\n', expected '1.5000001' (compared exactly)"),
        ("tokens", "token 1 of the output is '1.5', expected '1.5000001' (compared by tokens)"),
        (
            "float=1e-9",
            "token 1 of the output is '1.5', expected '1.5000001' (numbers within 1e-9)",
        ),
        ("float", None),
    ],
)
def test_a_snippet_says_how_its_output_is_compared(compare: str, details: str | None) -> None:
    snippet = Snippet(code="x", language="python", expected_output="1.5000001", compare=compare)
    verdict = judge(ran(stdout=b"1.5\n"), snippet=snippet)
    assert verdict.outcome is (Outcome.PASSED if details is None else Outcome.WRONG_OUTPUT)
    if details is not None:
        assert verdict.details == f"Code execution failed: {details}"


def test_a_program_that_fails_is_not_asked_for_its_output() -> None:
    snippet = Snippet(code="x", language="python", expected_output="a")
    assert judge(ran(1, stdout=b"a"), snippet=snippet).outcome is Outcome.RUNTIME_ERROR

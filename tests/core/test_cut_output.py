"""An output that was cut is compared as far as it is known, and nobody is blamed for the rest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._core.classify import classify
from daytona_validate._core.compare_output import difference
from daytona_validate._core.comparison import comparison
from daytona_validate._core.intake import Job
from daytona_validate._core.languages.python import PYTHON
from daytona_validate._core.limits import MOST_KEPT_BYTES
from daytona_validate._core.outcomes import Verdict
from daytona_validate._core.output_cap import HeadTail
from daytona_validate._models import Execution, Fault, Limits, Outcome, Snippet, Stage, Step

from .intakes import taken

MODES = ["exact", "lines", "tokens", "float"]
LINES = "".join(f"line {number}\n" for number in range(36_000))
"""429 KB: more than is kept by default."""


def judged(printed: str | bytes, job: Job, *, stderr: bytes = b"") -> Verdict:
    """Judge a program that printed this, of which as much is kept as its limits say."""
    stream = HeadTail(job.limits.kept_output_bytes)
    stream.feed(printed if isinstance(printed, bytes) else printed.encode())
    step = Step(
        stage=Stage.RUN,
        exit_code=0,
        stdout=stream.value(),
        lost_stdout_bytes=stream.lost_bytes,
        stderr=stderr,
    )
    return classify(Execution(steps=(step,), runtime="r"), job)


def job_of(expected: str, compare: str, *, kept_bytes: int | None = None) -> Job:
    """Return what intake makes of it; with `kept_bytes`, a job that keeps no more than that."""
    snippet = Snippet(code="x", language="python", expected_output=expected, compare=compare)
    if kept_bytes is not None:
        return Job(snippet, PYTHON, Limits(kept_output_bytes=kept_bytes))
    job = taken(snippet)
    assert isinstance(job, Job)
    return job


@pytest.mark.parametrize("compare", MODES)
def test_a_long_output_is_kept_as_far_as_it_has_to_be_compared(compare: str) -> None:
    job = job_of(LINES, compare)
    assert judged(LINES, job).outcome is Outcome.PASSED
    wrong = judged(LINES.replace("line 12925\n", "line x\n"), job)
    assert (wrong.outcome, wrong.fault) == (Outcome.WRONG_OUTPUT, Fault.SNIPPET)
    assert "12926" in wrong.details or "25852" in wrong.details


@pytest.mark.parametrize("compare", MODES)
def test_a_right_output_that_goes_on_beyond_what_is_kept_is_wrong(compare: str) -> None:
    verdict = judged(LINES + "more\n" * 200_000, job_of(LINES, compare))
    assert verdict.outcome is Outcome.WRONG_OUTPUT
    assert "of the output is 'more" in verdict.details
    assert "expected its end" in verdict.details


@pytest.mark.parametrize("compare", MODES)
def test_a_right_output_that_was_cut_is_nobodys_fault(compare: str) -> None:
    verdict = judged(LINES, job_of(LINES, compare, kept_bytes=256 * 1024))
    assert (verdict.outcome, verdict.fault) == (Outcome.UNAVAILABLE, Fault.INFRASTRUCTURE)
    assert verdict.stage is Stage.RUN
    assert "raise DAYTONA_KEPT_OUTPUT_KIB or limits.kept_output_bytes" in verdict.details
    assert "bytes left out" in verdict.output


@pytest.mark.parametrize("compare", MODES)
def test_what_differs_before_the_cut_is_wrong_whatever_came_after(compare: str) -> None:
    printed = LINES.replace("line 3\n", "line x\n")
    verdict = judged(printed, job_of(LINES, compare, kept_bytes=1000))
    assert verdict.outcome is Outcome.WRONG_OUTPUT
    assert "expected 'line 3" in verdict.details or "expected '3'" in verdict.details
    assert verdict.error is not None
    assert verdict.error.endswith("\n…\n")


@pytest.mark.parametrize("compare", ["exact", "lines", "tokens"])
def test_a_line_that_the_cut_went_through_is_quoted_as_such(compare: str) -> None:
    verdict = judged("x" * 1000, job_of("ok", compare, kept_bytes=20))
    assert verdict.details.startswith("Code execution failed: ")
    assert "1 of the output is 'xxxxxxxxxx…', expected 'ok'" in verdict.details
    assert verdict.error is not None
    assert "xxxxxxxxxx…" in verdict.error


@pytest.mark.parametrize(
    ("printed", "expected", "compare"),
    [
        ("a" + " " * 100, "a", "lines"),
        ("a" + "\n" * 100, "a", "tokens"),
        (" " * 100 + "a", "a", "lines"),
        (" " * 100 + "a", "a", "tokens"),
        ("0." + "3" * 100, "0.3333333", "float"),
        ("a" * 100, "a" * 100, "exact"),
        (b"\xff" * 100, "�" * 100, "exact"),
    ],
)
def test_what_may_be_right_is_not_judged(printed: str | bytes, expected: str, compare: str) -> None:
    verdict = judged(printed, job_of(expected, compare, kept_bytes=20))
    assert verdict.outcome is Outcome.UNAVAILABLE


def test_an_output_longer_than_the_expected_one_is_not_exactly_that() -> None:
    verdict = judged("a" * 100, job_of("a" * 99, "exact", kept_bytes=20), stderr=b"note\n")
    assert verdict.outcome is Outcome.WRONG_OUTPUT
    assert "the output has 100 bytes, expected 99; it is longer than the 20" in verdict.details
    assert "DAYTONA_KEPT_OUTPUT_KIB" in verdict.details
    assert verdict.error == "note\n"


@pytest.mark.parametrize(
    ("expected", "limits", "kept_bytes"),
    [
        (None, Limits(kept_output_bytes=7), 7),
        ("ä" * 1000, Limits(kept_output_bytes=7), 4000 + 64 * 1024),
        ("a", Limits(), 256 * 1024),
        ("a" * 1000, Limits(kept_output_bytes=7, max_output_bytes=100), 100),
        ("a", Limits(kept_output_bytes=700, max_output_bytes=100), 700),
        ("a" * MOST_KEPT_BYTES, Limits(max_output_bytes=10**9), MOST_KEPT_BYTES),
        ("\ud800", Limits(kept_output_bytes=7), 6 + 64 * 1024),
    ],
)
def test_what_is_kept_grows_with_what_is_expected(
    expected: str | None, limits: Limits, kept_bytes: int
) -> None:
    job = taken(Snippet(code="x", language="python", expected_output=expected, limits=limits))
    assert isinstance(job, Job)
    assert job.limits.kept_output_bytes == kept_bytes
    assert job.spec().limits == job.limits


@given(
    st.text("a1. \n", max_size=12),
    st.text("a1. \n", max_size=12),
    st.text("a1. \n", max_size=12),
    st.sampled_from(MODES),
)
def test_what_differs_in_a_start_differs_whatever_comes_after(
    start: str, rest: str, expected: str, compare: str
) -> None:
    how = comparison(compare)
    assert how is not None
    if difference(start, expected, how, is_cut=True) is not None:
        assert difference(start + rest, expected, how) is not None

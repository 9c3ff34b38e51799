"""A program that waits for a thread it was refused met that limit, and not the clock's."""

from __future__ import annotations

import pytest

from daytona_validate._core.classify import classify
from daytona_validate._core.intake import Job
from daytona_validate._core.languages.python import PYTHON
from daytona_validate._core.outcomes import Verdict
from daytona_validate._models import Execution, Limit, Limits, Outcome, Snippet, Stage, Step

TRACEBACK = 'Traceback (most recent call last):\n  File "/work/main.py", line 3, in <module>\n'
NO_THREAD = "RuntimeError: can't start new thread"


def judge(limit: Limit, stderr: str) -> Verdict:
    step = Step(stage=Stage.RUN, exit_code=None, limit=limit, stderr=stderr.encode())
    snippet = Snippet(code="x", language="python")
    return classify(Execution(steps=(step,), runtime="r"), Job(snippet, PYTHON, Limits()))


def test_who_waited_for_a_refused_thread_met_another_limit_than_the_clock() -> None:
    verdict = judge(Limit.TIMEOUT, f"{TRACEBACK}{NO_THREAD}\n")
    assert verdict.outcome is Outcome.PROCESS_LIMIT
    assert verdict.details == (
        f"Code execution failed: process limit of 256 exceeded: {NO_THREAD} (line 3)"
    )


@pytest.mark.parametrize(
    ("limit", "stderr"),
    [
        pytest.param(Limit.OUTPUT, f"{TRACEBACK}{NO_THREAD}\n", id="another limit"),
        pytest.param(Limit.TIMEOUT, f"{NO_THREAD}\nso be it\n", id="printed"),
        pytest.param(Limit.TIMEOUT, "", id="no words"),
    ],
)
def test_words_of_a_refused_thread_count_only_at_the_clock_and_from_the_runtime(
    limit: Limit, stderr: str
) -> None:
    assert judge(limit, stderr).outcome == str(limit)

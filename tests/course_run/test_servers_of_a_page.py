"""Blocks that serve until they are ended: no programs that pass or fail, if they really listen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from blocks_of_pages import result
from daytona_validate._core.listening import NO_END
from daytona_validate._course_run.steps import Run, run
from daytona_validate._models import CodeValidationResult, Outcome, Snippet, Stage

SERVER = Snippet(code="serve()", language="python", is_block=True)
UP = result(Outcome.TIMEOUT, line=None)
PASSED = replace(result(), details="Code executed successfully in 0.61 seconds", exit_code=0)
LISTENED = replace(PASSED, details=f"{PASSED.details}; it listens on port 8000")


def ran(snippet: Snippet, *results: CodeValidationResult) -> tuple[CodeValidationResult, int]:
    """Return the result of a snippet whose runs have these results, and how many there were."""
    steps, answers = run(snippet), iter(results)
    request = next(steps)
    count = 0
    while True:
        assert isinstance(request, Run)
        assert request.snippet.until_listening == (count == 1 or snippet.until_listening)
        count += 1
        try:
            request = steps.send(next(answers))
        except StopIteration as end:
            return end.value, count


def test_a_server_that_does_not_end_is_no_program() -> None:
    found, count = ran(SERVER, UP, LISTENED)
    assert found.outcome is Outcome.NOT_RUNNABLE
    assert (found.details, count) == (f"Code not runnable: {NO_END}", 2)


@pytest.mark.parametrize(
    "again",
    [
        UP,
        PASSED,
        replace(LISTENED, exit_code=None),
        replace(LISTENED, outcome=Outcome.RUNTIME_ERROR),
        replace(PASSED, output="; it listens on port 8000"),
    ],
    ids=["goes_on", "ends", "does_more", "fails", "prints_so"],
)
def test_what_does_not_only_wait_for_clients_was_too_slow(again: CodeValidationResult) -> None:
    assert ran(SERVER, UP, again) == (UP, 2)


CRASHED = "Exception in thread Thread-1 (ask):\nTraceback (most recent call last):\n  File"
FAILED = "[Error] {\n  [cause]: Error: no\n      at TCP.after [as oncomplete] (node:net:18:16) {\n"


@pytest.mark.parametrize(
    ("snippet", "first"),
    [
        (SERVER, replace(UP, error=CRASHED)),
        (SERVER, replace(UP, error=FAILED)),
        (replace(SERVER, code="while True: pass"), UP),
        (replace(SERVER, is_block=False), UP),
        (replace(SERVER, until_listening=True), UP),
        (replace(SERVER, earlier=("make()",)), UP),
        (replace(SERVER, run_tests=True), UP),
        (replace(SERVER, must_reach_end=True), UP),
        (replace(SERVER, language="go"), replace(UP, language="go")),
        (SERVER, replace(UP, stage=Stage.COMPILE)),
        (SERVER, result(Outcome.RUNTIME_ERROR)),
    ],
)
def test_what_is_not_run_again(snippet: Snippet, first: CodeValidationResult) -> None:
    assert ran(snippet, first) == (first, 1)

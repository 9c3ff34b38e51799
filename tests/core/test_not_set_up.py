"""What is judged to be no act of the snippet: it was not come to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from daytona_validate._core.classify import classify
from daytona_validate._core.intake import Job
from daytona_validate._core.languages.diagnosis import last_line
from daytona_validate._core.languages.python import PYTHON
from daytona_validate._core.outcomes import Verdict
from daytona_validate._models import Execution, Fault, Limit, Limits, Outcome, Snippet, Stage, Step

COMPILED = replace(PYTHON, diagnose=last_line, fragment=None)


def judge(step: Step) -> Verdict:
    snippet = Snippet(code="x", language="python")
    limits = Limits(compile_timeout_s=7)
    return classify(Execution(steps=(step,), runtime="r"), Job(snippet, COMPILED, limits))


@pytest.mark.parametrize("stage", [Stage.COMPILE, Stage.CHECK])
@pytest.mark.parametrize("exit_code", [126, 127])
def test_a_compiler_that_is_not_there_is_no_mistake_of_the_program(
    stage: Stage, exit_code: int
) -> None:
    verdict = judge(Step(stage=stage, exit_code=exit_code, stderr=b"sh: 1: exec: x: not found\n"))
    assert (verdict.outcome, verdict.fault) == (Outcome.UNAVAILABLE, Fault.INFRASTRUCTURE)
    assert verdict.details.endswith("the sandbox could not be set up: sh: 1: exec: x: not found")


def test_a_program_may_end_with_the_codes_of_a_missing_compiler() -> None:
    assert judge(Step(stage=Stage.RUN, exit_code=127)).outcome is Outcome.RUNTIME_ERROR


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        (Step(stage=Stage.SETUP, exit_code=3), "exit code 3"),
        (Step(stage=Stage.SETUP, exit_code=3, stderr=b"starting\nno room\n"), "no room"),
        (
            Step(stage=Stage.SETUP, exit_code=None, limit=Limit.TIMEOUT, stderr=b"starting\n"),
            "start-up time limit of 7 seconds exceeded",
        ),
        (
            Step(
                stage=Stage.SETUP, exit_code=1, limit=Limit.DISK, stderr=b"cp: x\nit takes 28 MiB"
            ),
            "disk limit of 64 MiB exceeded: it takes 28 MiB. Raise it: disk_mib, DAYTONA_DISK_MIB",
        ),
        (
            Step(stage=Stage.SETUP, exit_code=1, limit=Limit.DISK),
            "disk limit of 64 MiB exceeded. Raise it: disk_mib, DAYTONA_DISK_MIB",
        ),
    ],
)
def test_a_set_up_that_fails_is_told_by_its_last_words_or_what_ended_it(
    step: Step, reason: str
) -> None:
    verdict = judge(step)
    assert verdict.outcome is Outcome.UNAVAILABLE
    assert verdict.stage is Stage.SETUP
    assert verdict.details.endswith(f"the sandbox could not be set up: {reason}")

"""What limits make of a step that did not run under them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from daytona_validate._core.step_within import step_within
from daytona_validate._models import Limit, Limits, Stage, Step, Usage

LIMITS = Limits(timeout_s=5, compile_timeout_s=7, kept_output_bytes=4, max_output_bytes=6)
STEP = Step(stage=Stage.RUN, exit_code=1, stdout=b"abcd", stderr=b"ef", usage=Usage(wall_s=5))


@pytest.mark.parametrize(
    "step",
    [
        STEP,
        replace(STEP, exit_code=None, signal=9),
        replace(STEP, stage=Stage.COMPILE, usage=Usage(wall_s=7)),
    ],
    ids=["ended", "killed", "compiled"],
)
def test_what_is_within_all_limits_stays_what_it_is(step: Step) -> None:
    assert step_within(LIMITS, step) is step


@pytest.mark.parametrize(
    ("changed", "becomes"),
    [
        ({"stdout": b"abcde", "stderr": b""}, {"stdout": b"abde", "lost_stdout_bytes": 1}),
        ({"stdout": b"", "stderr": b"abcdef"}, {"stderr": b"abef", "lost_stderr_bytes": 2}),
        ({"stderr": b"efg"}, {"exit_code": None, "limit": Limit.OUTPUT}),
        (
            {"usage": Usage(wall_s=6, cpu_s=1)},
            {"exit_code": None, "limit": Limit.TIMEOUT, "usage": Usage(wall_s=5, cpu_s=1)},
        ),
        ({"limit": Limit.MEMORY}, {"exit_code": None}),
        ({"lost_stdout_bytes": 3}, {"lost_stdout_bytes": 0}),
        ({"lost_stderr_bytes": 3}, {"lost_stderr_bytes": 0}),
    ],
    ids=["stdout", "stderr", "both", "time", "limited", "lost of stdout", "lost of stderr"],
)
def test_what_is_not_is_cut_or_ended(
    changed: dict[str, object], becomes: dict[str, object]
) -> None:
    step = replace(STEP, **changed)  # type: ignore[arg-type]
    assert step_within(LIMITS, step) == replace(step, **becomes)  # type: ignore[arg-type]

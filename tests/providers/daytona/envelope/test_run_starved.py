"""A program that others kept from running until its time was up has not been judged."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from daytona_validate._errors import SandboxLost
from daytona_validate._models import Limit

TASKSET = shutil.which("taskset")
BUSY = "while :; do :; done"
CROWD = 12
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(TASKSET is None, reason="taskset is not installed"),
]


def on_core(code: str) -> str:
    return f"exec {TASKSET} -c {min(os.sched_getaffinity(0))} sh -c '{code}'"


@pytest.fixture
def crowd() -> Iterator[None]:
    """Others who want the first core, each with a session: some kernels share by sessions."""
    with ExitStack() as ended:
        for _ in range(CROWD):
            other = ended.enter_context(
                subprocess.Popen(["sh", "-c", on_core(BUSY)], start_new_session=True)
            )
            ended.callback(other.kill)
        yield


@pytest.mark.usefixtures("crowd")
def test_who_was_starved_is_not_judged(either_box: Any) -> None:
    with pytest.raises(SandboxLost, match=r"too busy: .* wait [01]\.[0-9] s") as error:
        either_box.step(on_core(BUSY), timeout_s=1)
    assert error.value.retryable


@pytest.mark.usefixtures("crowd")
def test_who_slept_is_judged_however_busy_the_machine_is(either_box: Any) -> None:
    step = either_box.step(on_core("exec sleep 50"), timeout_s=0.5)
    assert step.limit is Limit.TIMEOUT


def test_who_crowds_itself_out_is_judged(either_box: Any) -> None:
    many = f"for each in 1 2 3 4 5 6 7 8; do ({BUSY}) & done; wait"
    step = either_box.step(on_core(many), timeout_s=1)
    assert step.limit is Limit.TIMEOUT


@pytest.mark.usefixtures("crowd")
def test_who_asks_again_is_told_the_same(either_box: Any) -> None:
    script = either_box.script(either_box.part(on_core(BUSY), timeout_s=0.5))
    assert either_box.send(script) == either_box.send(script)

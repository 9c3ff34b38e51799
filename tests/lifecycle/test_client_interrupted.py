"""Ctrl-C under plain `asyncio.run`: the sandbox is removed, however impatient the person is."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import asyncio, os, signal, sys
from daytona_validate import Validator
from daytona_validate.testing import FakeProvider

TIMES = int(sys.argv[1])
fake = FakeProvider()

# Callbacks, not tasks: they must go on while the loop cancels all tasks there are. The first press
# ends the run, the second meets the removal, which ends after both.
def press(loop, times):
    if times == 0:
        fake.release("close")
        return
    loop.call_soon(press_in_the_removal, loop, times - 1)  # before the press, which may end this
    os.kill(os.getpid(), signal.SIGINT)

def press_in_the_removal(loop, times):
    is_removing = fake.alive == 1 and fake.running == 0
    loop.call_soon(press if is_removing else press_in_the_removal, loop, times)

async def press_when_running(loop, times):
    await fake.until(lambda f: f.running == 1)
    press(loop, times)

async def main():
    async with Validator(provider=fake) as validator:
        fake.hold("run")
        fake.hold("close")
        presses = asyncio.create_task(press_when_running(asyncio.get_running_loop(), TIMES))
        await validator.validate("print(1)", "python")

try:
    asyncio.run(main())
except KeyboardInterrupt:
    print("interrupted", fake.opened, fake.alive)
"""


@pytest.mark.slow
@pytest.mark.parametrize("times", [1, 2])
def test_interrupted_once_and_again_in_the_removal(times: int) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM, str(times)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("interrupted 1 0\n", "")

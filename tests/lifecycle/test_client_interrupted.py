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

async def press_when_running(loop, times):
    await fake.until(lambda f: f.running == 1)
    # Callbacks, not tasks: they must go on while the loop cancels all tasks there are. The first
    # press ends the run, the second meets the removal, which ends after both.
    for number in range(times):
        loop.call_later(0.05 * number, os.kill, os.getpid(), signal.SIGINT)
    loop.call_later(0.2, fake.release, "close")

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

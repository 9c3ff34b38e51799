"""Forks of a zygote beside others: a healthy program is not called slow there either."""

from __future__ import annotations

import os
from typing import Any

import pytest

from busy_processors import five_others_on
from daytona_validate._jails.fork_runner import ForkRunner
from daytona_validate._jails.runner import JailRunner
from daytona_validate._toolchains.record import Toolchain
from jail_with import jail_with

pytestmark = [pytest.mark.jail, pytest.mark.slow, pytest.mark.thorough, pytest.mark.alone]

NEEDS_A_THIRD = b"import time\nwhile time.process_time() < 0.3: pass\nprint('done')"
"""Of a second, and so some two seconds of wall time beside five others; its limit is 0.9."""


async def test_a_healthy_program_is_not_called_slow(
    jail_runner: JailRunner, python_toolchain: Toolchain, patiently: Any
) -> None:
    jail = jail_with(
        python_toolchain, ("python3", "-s", "main.py"), files={"main.py": NEEDS_A_THIRD}
    )
    forks = ForkRunner(jail_runner._host, jail_runner._cgroups, jail_runner._owners)
    if not forks.is_possible:
        pytest.skip("no control groups count here")
    try:
        with five_others_on(os.sched_getaffinity(0)):
            (step,) = await patiently(lambda: forks.run_all(jail, timeout_s=0.9))
    finally:
        await forks.aclose()
    assert (step.stdout, step.limit) == (b"done\n", None)
    assert step.usage.wall_s > 0.9

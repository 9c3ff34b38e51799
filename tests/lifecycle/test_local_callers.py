"""Whoever calls: root or a plain user, asyncio or uvloop, in the main thread or another."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
import uvloop

from daytona_validate._jails.cgroups import Cgroups
from daytona_validate._jails.jail import Jail
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limit, Limits, Step
from daytona_validate._toolchains.record import Toolchain
from plain_user import home_of_plain_user, only_as_root, printed_as_plain_user

pytestmark = pytest.mark.jail

_LINE = "echo out; echo err >&2; cat; sleep 60"
_CHILD = """
import asyncio, json, sys
from pathlib import Path
from daytona_validate._models import Limits
from daytona_validate._jails.cgroups import Cgroups
from daytona_validate._jails.jail import Jail
from daytona_validate._jails.runner import JailRunner

async def main():
    runner = await JailRunner.start()
    jail = Jail(argv=("sh", "-c", "id -u; sleep 60"), limits=Limits(processes=8))
    slept = await runner.run(jail, timeout_s=1)
    bomb = "i=0; while [ $i -lt 20 ]; do sleep 9 & i=$((i+1)); echo $i; done"
    forked = await runner.run(
        Jail(argv=("sh", "-c", bomb), limits=Limits(processes=8)), timeout_s=9
    )
    print(json.dumps({
        "cache": str(runner.cache),
        "uid": slept.stdout.decode().strip(),
        "limit": slept.limit,
        "left": len(runner._processes),
        "forks": len(forked.stdout.split()),
    }))

asyncio.run(main())
"""


async def _run(runner: JailRunner) -> Step:
    jail = Jail(argv=("sh", "-c", _LINE), limits=Limits())
    return await runner.run(jail, timeout_s=1, stdin=b"in")


@pytest.mark.slow
@pytest.mark.parametrize("new_loop", [asyncio.new_event_loop, uvloop.new_event_loop])
@pytest.mark.parametrize("where", ["main thread", "another thread"])
def test_any_loop_in_any_thread(
    jail_runner: JailRunner, new_loop: Callable[[], asyncio.AbstractEventLoop], where: str
) -> None:
    """One runner serves them all, as it belongs to none."""
    steps: list[Step] = []

    def work() -> None:
        with asyncio.Runner(loop_factory=new_loop) as loop:
            steps.append(loop.run(_run(jail_runner)))

    if where == "main thread":
        work()
    else:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    (step,) = steps
    assert (step.stdout, step.stderr, step.limit) == (b"out\nin", b"err\n", Limit.TIMEOUT)


@pytest.mark.slow
@pytest.mark.parametrize(
    "new_loop",
    [pytest.param(asyncio.new_event_loop, marks=pytest.mark.thorough), uvloop.new_event_loop],
)
def test_a_loop_that_was_blocked_costs_no_verdict(
    jail_runner: JailRunner, new_loop: Callable[[], asyncio.AbstractEventLoop]
) -> None:
    """The application blocks its loop past the limit, while the program has long ended.

    uvloop looks at its timers before it looks at what can be read.
    """

    async def main() -> Step:
        def block(_: bytes) -> None:
            until_s = time.monotonic() + 1.2
            while time.monotonic() < until_s:
                pass

        jail = Jail(argv=("echo", "done"), limits=Limits())
        return await jail_runner.run(jail, timeout_s=0.8, on_stdout=block)

    with asyncio.Runner(loop_factory=new_loop) as loop:
        step = loop.run(main())
    assert (step.exit_code, step.limit) == (0, None)


@pytest.mark.thorough
@pytest.mark.slow
@only_as_root
def test_a_plain_user(python_toolchain: Toolchain) -> None:
    with home_of_plain_user() as home:
        found = json.loads(printed_as_plain_user(_CHILD, python_toolchain, home=home))
    assert found["cache"] == f"{home}/.cache/daytona-validate"
    assert (found["uid"], found["limit"], found["left"]) == ("65534", "timeout", 0)
    assert 0 < found["forks"] < 8


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes to another id")
@pytest.mark.parametrize("way", ["chroot", "fork"])
async def test_jails_of_root_run_under_an_id_that_owns_nothing(
    jail_runner: JailRunner, way: str
) -> None:
    """Seen from outside: were it root's, the host's settings could be written from inside."""
    found = jail_runner._host
    dropping_argv = found.bubblewrap.dropping_argv if way == "chroot" else ()
    if way == "chroot" and not dropping_argv:
        pytest.skip("there is no chroot here")
    bubblewrap = replace(found.bubblewrap, dropping_argv=dropping_argv)
    runner = JailRunner(replace(found, bubblewrap=bubblewrap), Cgroups(()))
    started = asyncio.Event()
    jail = Jail(argv=("sh", "-c", "echo started; sleep 60"), limits=Limits())
    running = asyncio.ensure_future(
        runner.run(jail, timeout_s=60, on_stdout=lambda _: started.set())
    )
    await started.wait()
    (process,) = runner._processes
    pids = (process._popen.pid, process.status.child_pid)
    owners = [Path(f"/proc/{pid}").stat().st_uid for pid in pids]
    assert isinstance(process._popen, subprocess.Popen)
    programs = {Path(each).name for each in cast("list[str]", process._popen.args)}
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert len(set(owners)) == 1
    assert owners[0] in found.bubblewrap.other_ids
    assert ("chroot" in programs) is (way == "chroot")

"""What becomes of a fork that is not waited for any more, or whose zygote ends at a bad time."""

from __future__ import annotations

import asyncio
import logging
import os
import select
import signal
import socket
import subprocess
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from daytona_validate._jails.cgroup import Cgroup
from daytona_validate._jails.fork_runner import ForkRunner
from daytona_validate._jails.held_group import held_group
from daytona_validate._jails.held_process import held_process
from daytona_validate._jails.jail import Jail
from daytona_validate._jails.process import JailProcess
from daytona_validate._jails.runner import JailRunner
from daytona_validate._jails.zygote import CannotFork, Zygote
from daytona_validate._models import Limits
from daytona_validate._runtime.clocks import Clock
from daytona_validate._toolchains.record import Toolchain
from eventually import eventually
from jail_with import jail_with

pytestmark = [pytest.mark.jail, pytest.mark.slow]


@pytest.fixture
async def runner(jail_runner: JailRunner) -> AsyncIterator[ForkRunner]:
    found = ForkRunner(jail_runner._host, jail_runner._cgroups, jail_runner._owners)
    if not found.is_possible:
        pytest.skip("no control groups count here")
    yield found
    await found.aclose()


@pytest.fixture
def jail(python_toolchain: Toolchain) -> Jail:
    files = {"main.py": b"print('it ran', flush=True)"}
    return jail_with(python_toolchain, ("python3", "-s", "main.py"), files=files, limits=Limits())


@contextmanager
def _stopped(zygote: Zygote) -> Iterator[None]:
    first = zygote.process.status.child_pid
    pid = int(Path(f"/proc/{first}/task/{first}/children").read_text())
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


async def _zygote(runner: ForkRunner, jail: Jail) -> Zygote:
    assert await runner.run_all(jail, timeout_s=20.0) is not None
    (zygote,) = runner._pool._zygotes.values()
    return zygote


@pytest.mark.parametrize("group_stays", [True, False])
async def test_a_fork_for_which_nobody_waits_runs_nothing(
    runner: ForkRunner, jail: Jail, *, group_stays: bool
) -> None:
    """Its word that it is ready, or that it failed, then reaches nobody."""
    zygote = await _zygote(runner, jail)
    async with held_group(runner._cgroups, jail.limits) as group:
        task = runner._task(jail, timeout_s=20.0, groups=len(group.joining_files()))
        with ExitStack() as kept:
            with _stopped(zygote), ExitStack() as lent:
                spawned, notes, _ = zygote._asked(task, b"", group, lent=lent, kept=kept)
                notes.close()
                assert group_stays or group.remove()
            await asyncio.to_thread(select.select, [spawned.stdout], [], [], 20)
            assert os.read(spawned.stdout, 100) == b""  # all who had it have ended
    zygote.process._drain()
    output = zygote.process.output
    assert (output.stdout.value(), output.stderr.value()) == (b"", b"")
    assert await runner.run_all(jail, timeout_s=20.0) is not None


class _HeldUp(Cgroup):
    """A group that takes its time to tell whom it holds."""

    looks = threading.Event()
    may_go = threading.Event()

    def holds(self, pid: int) -> bool:
        answer = super().holds(pid)
        self.looks.set()
        self.may_go.wait(20)
        return answer


async def test_who_stops_waiting_while_a_fork_is_looked_at_writes_nothing_later(
    runner: ForkRunner, jail: Jail
) -> None:
    """The number of a closed descriptor may be another's by then."""
    zygote = await _zygote(runner, jail)
    async with held_group(runner._cgroups, jail.limits) as group:
        slow = _HeldUp(group._folders)
        task = runner._task(jail, timeout_s=20.0, groups=len(group.joining_files()))
        forking = asyncio.create_task(zygote.forked(task, b"", slow))
        assert await asyncio.to_thread(slow.looks.wait, 20)
        forking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await forking
        with ExitStack() as opened:
            ends = [opened.enter_context(end) for _ in range(40) for end in socket.socketpair()]
            slow.may_go.set()
            await asyncio.get_running_loop().shutdown_default_executor()
            readable, _, _ = select.select(ends, [], [], 0)
            assert readable == []


async def test_who_is_not_shut_in_is_no_fork(runner: ForkRunner, jail: Jail) -> None:
    zygote = await _zygote(runner, jail)
    with subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE) as free:
        async with held_group(runner._cgroups, jail.limits) as group:
            with pytest.raises(CannotFork, match="has not joined"):
                await asyncio.to_thread(zygote._look_at, free.pid, group)
            group.add(free.pid)
            with pytest.raises(CannotFork, match="is not shut in"):
                await asyncio.to_thread(zygote._look_at, free.pid, group)
            free.kill()
            await asyncio.to_thread(free.wait)


async def test_a_fork_that_ends_before_it_is_watched_is_a_lost_one(
    runner: ForkRunner, jail: Jail
) -> None:
    """It is no child of ours, so that nobody keeps its pid."""
    zygote = await _zygote(runner, jail)
    async with held_group(runner._cgroups, jail.limits) as group:
        task = runner._task(jail, timeout_s=20.0, groups=len(group.joining_files()))
        spawned, _ = await zygote.forked(task, b"", group)
        first = zygote.process.status.child_pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        await eventually(lambda: not Path(f"/proc/{spawned.popen.pid}").exists())
        async with held_process(JailProcess(spawned, limits=jail.limits)) as process:
            await process.ended.wait()
            assert process.status.exit_code is None


async def test_what_a_lost_fork_has_taken_is_not_of_the_time_for_its_jail(
    runner: ForkRunner, jail: Jail
) -> None:
    zygote = await _zygote(runner, jail)
    first = zygote.process.status.child_pid
    assert first is not None
    granted_s: list[float | None] = []

    async def timed() -> None:
        clock = Clock(60.0)
        async with clock:
            sleeping = replace(jail, files={"main.py": b"import time; time.sleep(60)"})
            assert await runner.run_all(sleeping, timeout_s=60.0) is None
            granted_s.append(clock._longest_s)

    running = asyncio.create_task(timed())
    ran_s, loop = 0.2, asyncio.get_running_loop()

    def has_run() -> bool:
        times = (each.released_at_s for each in runner._processes if each.released_at_s)
        return any(loop.time() - each > ran_s for each in times)

    await eventually(has_run)
    os.kill(first, signal.SIGKILL)
    await running
    assert granted_s[0] is not None
    assert granted_s[0] > 60.0 + ran_s


def test_another_event_loop_has_jails_and_ends_the_zygotes_of_the_first(
    jail_runner: JailRunner, jail: Jail
) -> None:
    runner = ForkRunner(jail_runner._host, jail_runner._cgroups, jail_runner._owners)
    if not runner.is_possible:
        pytest.skip("no control groups count here")

    async def in_another() -> None:
        assert await runner.run_all(jail, timeout_s=20.0) is None
        await runner.aclose()

    with asyncio.Runner() as first:
        zygote = first.run(_zygote(runner, jail))
        watched = os.pidfd_open(zygote.process._popen.pid)
        asyncio.run(in_another())
        assert select.select([watched], [], [], 20)[0]
        os.close(watched)
        first.run(zygote.process.ended.wait())


def test_an_event_loop_that_ends_takes_its_zygotes_along(
    jail_runner: JailRunner, jail: Jail, caplog: pytest.LogCaptureFixture
) -> None:
    """Though nobody has closed the runner, there is nothing to be heard of it."""
    runner = ForkRunner(jail_runner._host, jail_runner._cgroups, jail_runner._owners)
    if not runner.is_possible:
        pytest.skip("no control groups count here")

    async def left() -> int:
        zygote = await _zygote(runner, jail)
        return os.pidfd_open(zygote.process._popen.pid)

    watched = asyncio.run(left())
    assert select.select([watched], [], [], 0)[0]
    os.close(watched)
    asyncio.run(runner.aclose())
    assert [each.getMessage() for each in caplog.records if each.levelno > logging.INFO] == []

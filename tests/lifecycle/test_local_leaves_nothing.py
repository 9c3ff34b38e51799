"""However a run ends, nothing of it is left: no process, descriptor, folder or control group."""

from __future__ import annotations

import asyncio
import gc
import os
import resource
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from cancelled_at import at_every_wait
from daytona_validate._errors import SandboxLost, SandboxUnavailable
from daytona_validate._jails.cgroup_places import CgroupPlace
from daytona_validate._jails.cgroups import Cgroups
from daytona_validate._jails.jail import Bind, Jail
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limits, Step
from held_here import cgroups, children, descriptors

pytestmark = pytest.mark.jail

Run = Callable[..., Coroutine[Any, Any, Step]]


@pytest.fixture(autouse=True, scope="module")
def heap_of_others() -> None:
    """Spare each `gc.collect` here what tests before have left to live."""
    gc.collect()
    gc.freeze()


@asynccontextmanager
async def _nothing_left(jail_runner: JailRunner) -> AsyncIterator[None]:
    gc.collect()
    before = (children(), cgroups(), descriptors())
    yield
    gc.collect()
    assert (children(), cgroups(), descriptors()) == before
    assert not jail_runner._processes


async def test_nothing_is_left_after_a_good_end(shell: Run, jail_runner: JailRunner) -> None:
    async with _nothing_left(jail_runner):
        await shell("echo fine")


async def test_nothing_is_left_after_a_failure(shell: Run, jail_runner: JailRunner) -> None:
    async with _nothing_left(jail_runner):
        await shell("exit 3")


async def test_nothing_is_left_after_a_time_limit(shell: Run, jail_runner: JailRunner) -> None:
    async with _nothing_left(jail_runner):
        await shell("sleep 60 & sleep 60", timeout_s=0.05)


async def test_nothing_is_left_after_a_jail_that_could_not_be_made(jail_runner: JailRunner) -> None:
    jail = Jail(argv=("true",), limits=Limits(), binds=(Bind("/nowhere", "/opt"),))
    async with _nothing_left(jail_runner):
        with pytest.raises(SandboxLost):
            await jail_runner.run(jail, timeout_s=5)


async def test_nothing_is_left_after_bubblewrap_could_not_be_started(
    jail_runner: JailRunner,
) -> None:
    limits = Limits()
    jail = Jail(argv=("true",) * 300_000, limits=limits)  # more than an exec takes
    async with _nothing_left(jail_runner):
        with pytest.raises(SandboxUnavailable, match="could not be started"):
            await jail_runner.run(jail, timeout_s=5)


async def _cancelled_after(shell: Run, steps: int, *, times: int) -> bool:
    """Cancel a run after so many turns of the loop; return whether it was still running."""
    task = asyncio.ensure_future(shell("sleep 0.02; echo end"))
    for _ in range(steps):
        await asyncio.sleep(0)
    was_running = not task.done()
    for _ in range(times):
        task.cancel()
        await asyncio.sleep(0)
    with suppress(asyncio.CancelledError):
        await task
    return was_running


@pytest.mark.slow
@pytest.mark.parametrize(
    "times", [2, *(pytest.param(each, marks=pytest.mark.thorough) for each in (1, 5))]
)
async def test_nothing_is_left_after_a_cancellation_at_any_turn_of_the_loop(
    shell: Run, jail_runner: JailRunner, times: int
) -> None:
    async with _nothing_left(jail_runner):
        for turns in range(12):
            assert await _cancelled_after(shell, turns, times=times)


@pytest.mark.slow
@pytest.mark.parametrize(
    "times", [2, *(pytest.param(each, marks=pytest.mark.thorough) for each in (1, 3))]
)
async def test_nothing_is_left_after_a_cancellation_at_each_await(
    shell: Run, jail_runner: JailRunner, times: int
) -> None:
    """Those in threads included, which go on when their task is cancelled, and in the clean-up."""

    async def run() -> None:
        with suppress(SandboxLost):  # on a busy host, its time is over before it has begun
            await shell("sleep 60", timeout_s=0.02)

    async with _nothing_left(jail_runner):
        async for _ in at_every_wait(run, times=times):
            assert not jail_runner._processes


async def test_nothing_is_left_after_the_jail_was_killed_by_somebody_else(
    jail_runner: JailRunner,
) -> None:
    def kill(_: bytes) -> None:
        (process,) = jail_runner._processes
        os.kill(process._popen.pid, 9)

    jail = Jail(argv=("sh", "-c", "echo started; sleep 60"), limits=Limits())
    async with _nothing_left(jail_runner):
        with pytest.raises(SandboxLost):
            await jail_runner.run(jail, timeout_s=60, on_stdout=kill)


async def test_nothing_is_left_after_a_control_group_could_not_be_joined(
    jail_runner: JailRunner, tmp_path: Path
) -> None:
    no_group = Cgroups((CgroupPlace("cpuacct", str(tmp_path)),))
    runner = JailRunner(jail_runner._host, no_group)
    async with _nothing_left(runner):
        with pytest.raises(SandboxUnavailable, match="could not be joined"):
            await runner.run(Jail(argv=("echo", "never"), limits=Limits()), timeout_s=5)


async def test_nothing_is_left_after_closing_while_jails_run(jail_cache_dir: Path) -> None:
    runner = await JailRunner.start(jail_cache_dir)
    jail = Jail(argv=("sh", "-c", "echo started; sleep 60"), limits=Limits())
    started = [asyncio.Event() for _ in range(3)]
    async with _nothing_left(runner):
        runs = [
            asyncio.ensure_future(
                runner.run(jail, timeout_s=60, on_stdout=lambda _, event=event: event.set())  # type: ignore[misc]
            )
            for event in started
        ]
        for event in started:
            await event.wait()
        await runner.aclose()
        results = await asyncio.gather(*runs, return_exceptions=True)
        assert all(isinstance(each, SandboxUnavailable) for each in results)
        await runner.aclose()
        with pytest.raises(SandboxUnavailable, match="closed"):
            await runner.run(jail, timeout_s=1)


async def test_closing_just_after_a_start_waits_for_its_end(jail_cache_dir: Path) -> None:
    """At that moment not even the pid of the jail's first process is known."""
    runner = await JailRunner.start(jail_cache_dir)
    async with _nothing_left(runner):
        run = asyncio.ensure_future(
            runner.run(Jail(argv=("sleep", "60"), limits=Limits()), timeout_s=60)
        )
        while not runner._processes:
            await asyncio.sleep(0)
        await runner.aclose()
        with pytest.raises(SandboxUnavailable, match="closed"):
            await run


async def test_with_the_three_streams_closed(shell: Run, jail_runner: JailRunner) -> None:
    """A daemon closes them, and its next descriptors get their numbers."""
    kept = [os.dup(number) for number in range(3)]
    try:
        for number in range(3):
            os.close(number)
        step = await shell("cat; echo out; echo err >&2", stdin=b"in ")
    finally:
        for number, copy in enumerate(kept):
            os.dup2(copy, number)
            os.close(copy)
    assert (step.stdout, step.stderr) == (b"in out\n", b"err\n")


@pytest.mark.slow
async def test_nothing_is_left_after_many_runs_at_a_time(
    shell: Run, jail_runner: JailRunner
) -> None:
    async with _nothing_left(jail_runner):
        for _ in range(3):
            await asyncio.gather(*(shell("echo fine; exit 1") for _ in range(12)))


@pytest.mark.slow
async def test_nothing_is_left_after_a_want_of_descriptors(
    shell: Run, jail_runner: JailRunner
) -> None:
    """A jail that was started can be watched to its end, whoever takes the last descriptor."""
    await shell("true")
    was = resource.getrlimit(resource.RLIMIT_NOFILE)
    started, all_refused = 0, 0
    for spare in (30, 45, 60, 120):
        async with _nothing_left(jail_runner):
            resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors() + spare, was[1]))
            try:
                ended = await asyncio.gather(
                    *(shell("true") for _ in range(16)), return_exceptions=True
                )
            finally:
                resource.setrlimit(resource.RLIMIT_NOFILE, was)
        refused = [each for each in ended if not isinstance(each, Step)]
        started += len(ended) - len(refused)
        all_refused += len(refused)
        assert [e for e in refused if not (isinstance(e, SandboxUnavailable) and e.retryable)] == []
    # Where few are left, each may hold what another lacks, so that none is started.
    assert started
    assert all_refused

"""What tests of several folders use (tests/shared) does what it says."""

from __future__ import annotations

import asyncio
import fcntl
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from cancelled_at import Cancelled, at_every_wait
from eventually import eventually, wait_until
from turns import turn


@pytest.mark.virtual_time
async def test_virtual_time_leaps_from_timer_to_timer() -> None:
    order: list[int] = []

    async def waits(hours: int) -> None:
        await asyncio.sleep(hours * 3600)
        order.append(hours)

    began_s = asyncio.get_running_loop().time()
    await asyncio.gather(waits(3), waits(1), waits(2))
    assert order == [1, 2, 3]
    assert asyncio.get_running_loop().time() - began_s == pytest.approx(3 * 3600)


@pytest.mark.virtual_time
async def test_virtual_time_stands_still_while_a_thread_works() -> None:
    may_end: Future[None] = Future()
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    thread = asyncio.create_task(asyncio.to_thread(may_end.result, 60))
    timer = asyncio.create_task(asyncio.sleep(3600))
    for _ in range(5):
        await asyncio.sleep(0)
    assert loop.time() == began_s
    may_end.set_result(None)
    await asyncio.gather(thread, timer)
    assert loop.time() - began_s == pytest.approx(3600)


async def test_a_condition_that_does_not_come_to_hold_fails_the_test() -> None:
    for_the_second_time = iter([False, True]).__next__
    wait_until(for_the_second_time)
    await eventually(iter([False, True]).__next__)
    with pytest.raises(AssertionError, match="not within"):
        await eventually(lambda: False, longest_s=0.0)


async def test_a_task_is_cancelled_at_each_of_its_waits_and_as_each_ends() -> None:
    seen: list[str] = []

    async def work() -> str:
        try:
            await asyncio.sleep(0)
            seen.append("first")
            may_end = threading.Event()  # it is waited for even if the thread is quick
            asyncio.get_running_loop().call_soon(may_end.set)
            await asyncio.to_thread(may_end.wait)
        except asyncio.CancelledError:
            seen.append("cancelled")
            raise
        return "whole"

    ends = [end async for end in at_every_wait(work)]
    assert ends == [None, None, "whole"] * 2
    begins = ["cancelled", "first", "cancelled", "first"]
    assert seen == begins * 2


async def test_it_is_cancelled_as_often_as_is_asked() -> None:
    cancels = 0

    async def work() -> None:
        nonlocal cancels
        for _ in range(4):
            try:
                await asyncio.sleep(0)
            except asyncio.CancelledError:
                cancels += 1

    await Cancelled(work(), 1, times=2).end()
    assert cancels == 2


def test_who_is_alone_waits_for_others_and_who_comes_later_for_it(tmp_path: Path) -> None:
    order = []

    def takes_a_turn(name: str, *, is_alone: bool) -> None:
        with turn(tmp_path, is_alone=is_alone):
            order.append(name)

    def is_gate_held() -> bool:
        with (tmp_path / "gate").open() as gate, suppress(BlockingIOError):
            fcntl.flock(gate, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return False
        return True

    with (
        ThreadPoolExecutor(2) as threads,
        turn(tmp_path, is_alone=False),
        turn(tmp_path, is_alone=False),
    ):
        threads.submit(takes_a_turn, "alone", is_alone=True)
        wait_until(is_gate_held)
        threads.submit(takes_a_turn, "later", is_alone=False)
        assert order == []
    assert order == ["alone", "later"]

"""What tests of several folders use (tests/shared) does what it says."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future

import pytest

from cancelled_at import Cancelled, at_every_wait
from eventually import eventually, wait_until


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
            await asyncio.to_thread(seen.append, "second")
        except asyncio.CancelledError:
            seen.append("cancelled")
            raise
        return "whole"

    ends = [end async for end in at_every_wait(work)]
    assert ends == [None, None, "whole"] * 2
    begins = ["cancelled", "first", "cancelled", "first"]
    assert [each for each in seen if each != "second"] == begins * 2


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

"""Work behind a caller that was cancelled: it ends by itself, and somebody waits for it."""

from __future__ import annotations

import asyncio
import gc
import weakref

import pytest

from cancelled_at import at_every_wait
from daytona_validate._runtime.cleanup import finish
from daytona_validate._runtime.left_work import GRACE_S, LeftWork

pytestmark = pytest.mark.virtual_time


@pytest.mark.parametrize("times", [1, 2, 3])
async def test_whenever_a_caller_is_cancelled_all_is_cleaned_up(times: int) -> None:
    left, begun, cleaned = LeftWork(), 0, 0

    async def clean_up() -> None:
        nonlocal cleaned
        await asyncio.sleep(5)
        cleaned += 1

    async def work() -> str:
        nonlocal begun
        begun += 1
        try:
            await asyncio.sleep(1)
        finally:
            await finish(clean_up(), grace_s=60)
        return "done"

    ends = [end async for end in at_every_wait(lambda: left.result(work()), times=times)]
    await left.ended(longest_s=60)
    assert "done" in ends
    assert None in ends
    assert begun == cleaned > 0
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_cancelled_caller_goes_on_in_time_and_says_so() -> None:
    left, loop, told = LeftWork(), asyncio.get_running_loop(), list[str]()

    async def work() -> None:
        try:
            await asyncio.sleep(100)
        finally:
            await asyncio.sleep(7)

    began_s = loop.time()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(left.result(work(), on_left=lambda: told.append("left")), 1)
    assert loop.time() - began_s == pytest.approx(1 + GRACE_S)
    assert told == ["left"]
    await left.ended(longest_s=60)
    assert loop.time() - began_s == pytest.approx(8)


async def test_work_that_ends_at_once_leaves_nothing() -> None:
    left, told = LeftWork(), list[str]()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(
            left.result(asyncio.sleep(100), on_left=lambda: told.append("left")), 1
        )
    assert told == []


async def test_what_the_work_raises_reaches_its_caller() -> None:
    async def broken() -> None:
        raise KeyError

    with pytest.raises(KeyError):
        await LeftWork().result(broken())


async def test_what_does_not_end_in_time_is_cancelled_once_more() -> None:
    left, loop = LeftWork(), asyncio.get_running_loop()

    async def work() -> None:
        try:
            await asyncio.sleep(100)
        finally:
            await asyncio.sleep(1000)

    began_s = loop.time()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(left.result(work()), 1)
    (late,) = asyncio.all_tasks() - {asyncio.current_task()}
    await left.ended(longest_s=60)
    await asyncio.wait((late,))
    assert loop.time() - began_s == pytest.approx(61 + GRACE_S)


async def test_work_that_has_ended_is_forgotten() -> None:
    class Held:
        pass

    async def work(held: Held) -> None:
        assert isinstance(held, Held)
        await asyncio.sleep(100)

    left, held = LeftWork(), Held()
    is_there = weakref.ref(held)
    call = asyncio.create_task(left.result(work(held)))
    await asyncio.sleep(1)
    call.cancel()
    await asyncio.wait((call,))
    del call, held
    gc.collect()
    assert is_there() is None

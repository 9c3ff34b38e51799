"""The waiting line: a room is free, the first in the line tries."""

from __future__ import annotations

import asyncio

import pytest

from daytona_validate._runtime.clocks import Clock
from daytona_validate._runtime.waiting_line import WaitingLine

pytestmark = pytest.mark.virtual_time


async def test_each_room_wakes_the_first_in_the_line() -> None:
    line, turns = WaitingLine(), []

    async def wait(name: str) -> None:
        await line.wait(1000)
        turns.append(name)

    async with asyncio.TaskGroup() as group:
        for name in "abc":
            group.create_task(wait(name))
            await asyncio.sleep(0)
        line.room_is_free()
        line.room_is_free()
        await asyncio.sleep(1)
        assert turns == ["a", "b"]
        line.room_is_free()
    assert turns == ["a", "b", "c"]


async def test_a_line_that_is_dissolved_holds_nobody() -> None:
    line = WaitingLine()
    waiting = [asyncio.create_task(line.wait(1000)) for _ in range(3)]
    await asyncio.sleep(0)
    line.dissolve()
    await asyncio.gather(*waiting)
    assert line.waiting == 0


async def test_who_waits_in_vain_tries_all_the_same_and_leaves_the_line() -> None:
    line = WaitingLine()
    await line.wait(600)
    assert line.waiting == 0


async def test_who_is_called_off_leaves_its_turn_to_the_next() -> None:
    line = WaitingLine()
    first = asyncio.create_task(line.wait(1000))
    second = asyncio.create_task(line.wait(1000))
    third = asyncio.create_task(line.wait(1000))
    await asyncio.sleep(0)
    line.room_is_free()
    first.cancel()  # after its turn came, before it could take it
    third.cancel()
    await second
    with pytest.raises(asyncio.CancelledError):
        await first
    await asyncio.wait({third})
    assert line.waiting == 0


async def test_waiting_in_the_line_is_off_all_clocks() -> None:
    async with Clock(10) as clock:
        await WaitingLine().wait(30)
    assert clock.off_s == pytest.approx(30)


async def test_the_next_room_is_not_lost_on_a_task_that_has_left_the_line() -> None:
    line = WaitingLine()
    gone = asyncio.create_task(line.wait(1))
    second = asyncio.create_task(line.wait(1000))
    await gone
    line.room_is_free()
    began_s = asyncio.get_running_loop().time()
    await second
    assert asyncio.get_running_loop().time() == began_s

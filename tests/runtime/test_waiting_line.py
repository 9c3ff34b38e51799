"""The waiting line: one goes after the other, the first as soon as it may."""

from __future__ import annotations

import asyncio
import math

import pytest

from daytona_validate._runtime.clocks import Clock
from daytona_validate._runtime.waiting_line import WaitingLine

pytestmark = pytest.mark.virtual_time


class Room:
    """So many may go, each takes one place; a closed one is waited for by nobody."""

    def __init__(self, free: int = 0, wait_s: float = math.inf) -> None:
        self.free = free
        self.wait_s = wait_s
        self.is_closed = False
        self.went: list[str] = []
        self.line: WaitingLine[str] = WaitingLine(self._wait_s)

    def _wait_s(self, who: str) -> float:
        if self.is_closed:
            raise LookupError(who)
        return 0.0 if self.free else self.wait_s

    async def enter(self, who: str, number: int) -> None:
        await self.line.wait(who, number)
        self.free -= 1
        self.went.append(who)

    def add(self, places: int) -> None:
        self.free += places
        self.line.wake_first()


async def some_turns() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_each_place_lets_the_first_go() -> None:
    room = Room()
    async with asyncio.TaskGroup() as group:
        for number, name in enumerate("abc"):
            group.create_task(room.enter(name, number))
        await some_turns()
        room.add(2)
        await some_turns()
        assert (room.went, len(room.line)) == (["a", "b"], 1)
        room.add(1)
    assert room.went == ["a", "b", "c"]


async def test_who_comes_again_has_its_old_place() -> None:
    room = Room()
    async with asyncio.TaskGroup() as group:
        for name, number in (("c", 3), ("a", 1), ("b", 2)):
            group.create_task(room.enter(name, number))
        await some_turns()
        room.add(3)
    assert room.went == ["a", "b", "c"]


async def test_the_first_looks_again_after_its_wait() -> None:
    room, loop = Room(wait_s=30), asyncio.get_running_loop()
    began_s = loop.time()
    waiting = asyncio.create_task(room.enter("a", 1))
    await asyncio.sleep(45)
    assert room.went == []
    room.free = 1  # nobody is told
    await waiting
    assert loop.time() == began_s + 60


async def test_those_behind_the_first_have_no_alarm() -> None:
    room = Room(wait_s=30)
    tasks = [asyncio.create_task(room.enter(name, number)) for number, name in enumerate("abcdef")]
    await some_turns()
    mine = {asyncio.current_task(), *tasks}
    assert len(asyncio.all_tasks() - mine) == 1
    room.add(6)
    await asyncio.gather(*tasks)


async def test_all_are_told_why_there_is_nothing_to_wait_for_any_more() -> None:
    room = Room()
    tasks = [asyncio.create_task(room.enter(name, number)) for number, name in enumerate("abc")]
    await some_turns()
    room.is_closed = True
    room.line.wake_first()
    ends = await asyncio.gather(*tasks, return_exceptions=True)
    assert [str(end) for end in ends] == ["a", "b", "c"]
    assert len(room.line) == 0


async def test_who_is_called_off_leaves_its_turn_to_the_next() -> None:
    room = Room()
    first, second, third = (
        asyncio.create_task(room.enter(name, number)) for number, name in enumerate("abc")
    )
    await some_turns()
    room.add(1)
    first.cancel()  # after its turn came, before it could take it
    third.cancel()
    await second
    with pytest.raises(asyncio.CancelledError):
        await first
    await asyncio.wait({third})
    assert (room.went, len(room.line)) == (["b"], 0)


async def test_waiting_in_the_line_is_off_all_clocks() -> None:
    room = Room(wait_s=30)
    async with Clock(10) as clock:
        waiting = asyncio.get_running_loop().call_later(40, room.add, 1)
        await room.enter("a", 1)
    assert waiting.when() > 0
    assert clock.off_s == pytest.approx(40)


async def test_nobody_awake_or_asleep_is_woken_for_nothing() -> None:
    room = Room()
    room.line.wake_first()
    room.free = 1
    await room.enter("a", 1)
    assert room.went == ["a"]

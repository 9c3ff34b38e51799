"""Waiting for each other's sake: one is throttled, all wait; room is free, one tries."""

from __future__ import annotations

import asyncio

import pytest

from daytona_validate._runtime.clocks import Clock
from daytona_validate._runtime.gate import Gate, WaitingLine


class FakeTime:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.slept_s: list[float] = []

    def __call__(self) -> float:
        return self.now_s

    async def sleep(self, seconds: float) -> None:
        self.slept_s.append(seconds)
        await asyncio.sleep(0)
        self.now_s += seconds


def gate(time: FakeTime, roll: float = 0.0) -> Gate:
    return Gate(clock=time, sleep=time.sleep, dice=lambda: roll)


async def test_an_open_gate_holds_nobody() -> None:
    time = FakeTime()
    await gate(time).wait()
    assert time.slept_s == []


async def test_a_closed_gate_is_waited_for_and_then_open() -> None:
    time = FakeTime()
    closed = gate(time)
    closed.close_for(60)
    await closed.wait()
    await closed.wait()
    assert time.slept_s == [60]


async def test_nobody_comes_early_and_not_all_at_one_moment() -> None:
    time = FakeTime()
    closed = gate(time, roll=0.5)
    closed.close_for(60)
    await closed.wait()
    assert time.slept_s == [60 * 1.125]


async def test_a_shorter_closing_does_not_open_it_earlier() -> None:
    time = FakeTime()
    closed = gate(time)
    closed.close_for(60)
    closed.close_for(1)
    await closed.wait()
    assert time.now_s == 160


async def test_who_wakes_before_a_gate_that_was_closed_again_waits_on() -> None:
    time = FakeTime()
    closed = gate(time)
    closed.close_for(10)
    waiting = asyncio.create_task(closed.wait())
    await asyncio.sleep(0)
    closed.close_for(30)
    await waiting
    assert time.slept_s == [10, 20]


async def test_who_has_not_the_patience_does_not_begin_to_wait() -> None:
    time = FakeTime()
    closed = gate(time)
    closed.close_for(60)
    assert not await closed.wait(59)
    assert time.slept_s == []
    assert await closed.wait(60)
    assert await closed.wait(0)


async def test_patience_ends_where_the_gate_is_closed_again_for_longer() -> None:
    time = FakeTime()
    closed = gate(time)
    closed.close_for(10)
    waiting = asyncio.create_task(closed.wait(30))
    await asyncio.sleep(0)
    closed.close_for(60)
    assert not await waiting
    assert time.slept_s == [10]


async def test_waiting_at_the_gate_is_off_all_clocks() -> None:
    closed = Gate(dice=lambda: 0.0)
    closed.close_for(0.03)
    async with Clock(0.01) as clock:
        await closed.wait()
    assert clock.off_s >= 0.025


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
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert turns == ["a", "b"]
        line.room_is_free()
    assert turns == ["a", "b", "c"]


async def test_a_line_that_is_dissolved_holds_nobody() -> None:
    line = WaitingLine()
    waiting = [asyncio.create_task(line.wait(1000)) for _ in range(3)]
    await asyncio.sleep(0)
    line.dissolve()
    await asyncio.gather(*waiting)
    assert not line._line


async def test_who_waits_in_vain_tries_all_the_same_and_leaves_the_line() -> None:
    line = WaitingLine()
    await line.wait(0.001)
    assert not line._line


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
    assert not line._line


async def test_waiting_in_the_line_is_off_all_clocks() -> None:
    async with Clock(0.01) as clock:
        await WaitingLine().wait(0.03)
    assert clock.off_s >= 0.025

"""The rate-limit gate: one request is throttled, all wait."""

from __future__ import annotations

import asyncio

import pytest

from daytona_validate._runtime.clocks import Clock
from daytona_validate._runtime.gate import Gate


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
    return Gate(clock=time, sleep=time.sleep, random=lambda: roll)


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


@pytest.mark.virtual_time
async def test_waiting_at_the_gate_is_off_all_clocks() -> None:
    closed = Gate(clock=asyncio.get_running_loop().time, random=lambda: 0.0)
    closed.close_for(30)
    async with Clock(10) as clock:
        await closed.wait()
    assert clock.off_s == pytest.approx(30)

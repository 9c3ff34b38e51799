"""Laps of a clock: parts of its time with a limit of their own."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._runtime.clocks import Clock, extend_the_clocks, off_the_clocks
from virtual_time import VirtualTimeLoop
from work_done import work_done

pytestmark = pytest.mark.virtual_time


class TooLate(Exception):
    pass


class LapTooLate(Exception):
    pass


async def test_a_lap_ends_what_takes_too_long_and_its_error_comes_out_with_the_clocks() -> None:
    clock = Clock(1000, TooLate)
    lap = clock.lap(0.01, LapTooLate)

    async def work() -> None:
        async with clock:
            with lap:
                await asyncio.Event().wait()

    with pytest.raises(LapTooLate) as caught:
        await work()
    assert isinstance(caught.value.__cause__, TimeoutError)
    assert lap.ran_s == clock.ran_s == pytest.approx(0.01)


async def test_after_a_lap_only_the_clock_goes_on() -> None:
    clock = Clock(0.1, TooLate)
    lap = clock.lap(0.01, LapTooLate)

    async def work() -> None:
        async with clock:
            with lap:
                await asyncio.sleep(0.005)
            await asyncio.Event().wait()

    with pytest.raises(TooLate):
        await work()
    assert [lap.ran_s, clock.ran_s] == pytest.approx([0.005, 0.1])


async def test_what_came_in_the_turn_in_which_a_lap_is_over_is_not_ended_after_it() -> None:
    """Else a sandbox that was made within its time would be called off, and said to be missing."""
    has_come = asyncio.Event()
    asyncio.get_running_loop().call_later(0.01, has_come.set)
    clock = Clock(1000, TooLate)
    async with clock:
        with clock.lap(0.01, LapTooLate):
            await has_come.wait()
        await asyncio.sleep(1)


Steps = list[tuple[bool, int, int, int, int]]
"""What is done one after the other: whether in a lap, and seconds of its limit, that are granted,
off the clocks, and of work."""

SECONDS = st.integers(0, 40)
STEPS = st.lists(st.tuples(st.booleans(), SECONDS, SECONDS, SECONDS, SECONDS), max_size=6)
LIMIT_S, LAP_S = 0.5, 0.25
"""Beside whole seconds: so no two ends fall together."""


async def done(steps: Steps, limit_s: int) -> tuple[str, float]:
    began_s = asyncio.get_running_loop().time()
    clock, end = Clock(limit_s + LIMIT_S, TooLate), "done"
    try:
        async with clock:
            for is_lap, lap_s, granted_s, off_s, work_s in steps:
                with clock.lap(lap_s + LAP_S, LapTooLate) if is_lap else nullcontext():
                    extend_the_clocks(granted_s)
                    with off_the_clocks():
                        await asyncio.sleep(off_s)
                    await asyncio.sleep(work_s)
    except (TooLate, LapTooLate) as error:
        end = type(error).__name__
    return end, asyncio.get_running_loop().time() - began_s


def foreseen(steps: Steps, limit_s: int) -> tuple[str, float]:
    left_s, now_s = limit_s + LIMIT_S, 0.0
    for is_lap, lap_s, granted_s, off_s, work_s in steps:
        left_s += granted_s
        end_s = min(left_s, lap_s + LAP_S + granted_s) if is_lap else left_s
        if end_s < work_s:
            return "TooLate" if end_s == left_s else "LapTooLate", now_s + off_s + end_s
        left_s, now_s = left_s - work_s, now_s + off_s + work_s
    return "done", now_s


@given(STEPS, SECONDS)
def test_whatever_happens_the_work_ends_when_its_time_is_over(steps: Steps, limit_s: int) -> None:
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        assert runner.run(done(steps, limit_s)) == foreseen(steps, limit_s)


def test_what_stops_or_divides_a_time_costs_no_timer_of_its_own() -> None:
    async def work() -> None:
        async with Clock(100) as clock, Clock():
            with clock.lap(30, LapTooLate), off_the_clocks():
                await asyncio.sleep(0)
            extend_the_clocks(1)

    assert work_done(work).timers == 1

"""Clocks that bound a task's time, and stand still where nobody can hurry."""

from __future__ import annotations

import asyncio

import pytest

from daytona_validate._runtime.clocks import (
    Clock,
    LimitsStandStill,
    extend_the_clocks,
    off_the_clocks,
)
from daytona_validate._runtime.retries import retried, within
from work_done import work_done

pytestmark = pytest.mark.virtual_time


class TooLate(Exception):
    pass


LONGER_S = 0.03
"""Longer than every clock here that is meant to fire."""


def quick() -> Clock:
    return Clock(0.01, TooLate)


async def test_it_ends_what_takes_too_long_with_the_error_it_was_given() -> None:
    with pytest.raises(TooLate) as caught:
        async with quick():
            await asyncio.Event().wait()
    assert isinstance(caught.value.__cause__, TimeoutError)


async def test_it_stands_still_for_those_who_wait_off_it_and_says_how_long() -> None:
    async with quick() as clock:
        await asyncio.sleep(0.005)
        with off_the_clocks():
            await asyncio.sleep(LONGER_S)
    assert clock.off_s == pytest.approx(LONGER_S)
    assert clock.ran_s == pytest.approx(0.005)


async def test_all_clocks_of_the_task_stand_still_and_then_go_on() -> None:
    outer, inner = quick(), Clock(1000)

    async def work() -> None:
        async with outer, inner:
            with off_the_clocks(), off_the_clocks():
                await asyncio.sleep(LONGER_S)
            await asyncio.Event().wait()

    with pytest.raises(TooLate):
        await work()
    assert outer.off_s == inner.off_s == pytest.approx(LONGER_S)


async def test_what_is_learned_afterwards_moves_the_ends_of_all_clocks_of_the_task() -> None:
    async with quick() as outer, quick() as inner, Clock() as endless:
        extend_the_clocks(1000)
        await asyncio.sleep(LONGER_S)
        assert min(each.ran_s for each in (outer, inner, endless)) == pytest.approx(LONGER_S)
    assert (outer.off_s, inner.off_s) == (0, 0)


async def test_a_clock_is_moved_while_it_stands_still_and_ends_all_the_same() -> None:
    clock = Clock(0.001, TooLate)

    async def work() -> None:
        async with clock:
            with off_the_clocks():
                extend_the_clocks(0.02)
                await asyncio.sleep(0)
            await asyncio.Event().wait()

    with pytest.raises(TooLate):
        await work()
    assert clock.ran_s == pytest.approx(0.021)


async def test_what_was_granted_counts_when_it_is_entered_again() -> None:
    clock = Clock(0.01, TooLate)
    async with clock:
        clock.extend(1000)
    async with clock:
        await asyncio.sleep(LONGER_S)


async def test_entered_again_it_goes_on_where_it_was() -> None:
    clock = quick()
    with pytest.raises(TooLate):
        async with clock:
            await asyncio.Event().wait()
    with pytest.raises(TooLate):
        async with clock:
            await asyncio.Event().wait()
    assert clock.ran_s == pytest.approx(0.01)


async def test_between_two_entries_it_does_not_run() -> None:
    clock = quick()
    async with clock:
        pass
    await asyncio.sleep(LONGER_S)
    async with clock:
        await asyncio.sleep(0)


async def test_a_clock_without_an_end_measures() -> None:
    async with Clock() as clock:
        await asyncio.sleep(0.01)
        assert clock.ran_s == pytest.approx(0.01)
    assert clock.off_s == 0


async def test_a_task_started_inside_stops_no_clock_of_its_starter() -> None:
    """Else a preparation that many wait for would stop the clocks of whoever asked first."""

    tasks: set[asyncio.Task[None]] = set()

    async def waits() -> None:
        with off_the_clocks():
            await asyncio.Event().wait()

    async def starts() -> None:
        async with quick():
            tasks.add(asyncio.create_task(waits()))
            await asyncio.Event().wait()

    with pytest.raises(TooLate):
        await starts()
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


async def test_a_cancellation_from_outside_stays_one() -> None:
    has_begun = asyncio.Event()

    async def work() -> None:
        async with Clock(1000, TooLate):
            with off_the_clocks():
                has_begun.set()
                await asyncio.Event().wait()

    task = asyncio.create_task(work())
    await has_begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_error_of_the_work_itself_comes_out_unchanged() -> None:
    error = TimeoutError("the work's own")
    with pytest.raises(TimeoutError) as caught:
        async with quick():
            raise error
    assert caught.value is error


async def test_off_the_clocks_without_any_clock_is_nothing() -> None:
    with off_the_clocks():
        await asyncio.sleep(0)


async def test_a_clock_that_has_fired_cannot_be_stopped_any_more() -> None:
    """Whoever is being ended may still pass by a gate on the way out."""

    async def work() -> None:
        async with quick():
            try:
                await asyncio.Event().wait()
            finally:
                with off_the_clocks():
                    await asyncio.sleep(0)

    with pytest.raises(TooLate):
        await work()


async def test_retries_do_not_count_what_was_off_the_clocks() -> None:
    class Busy(Exception):
        pass

    tries = 0

    async def door() -> str:
        nonlocal tries
        tries += 1
        with off_the_clocks():
            await asyncio.sleep(LONGER_S)
        if tries == 1:
            raise Busy
        return "inside"

    clock = Clock(1000)
    with_lap = clock.lap(1000, TooLate)
    policy = within(LONGER_S / 2, with_lap.so_far_s, lambda *_: 0.0)
    async with clock:
        with with_lap:
            assert await retried(door, policy) == "inside"


async def test_limits_stand_still_from_some_time_on_and_measures_go_on() -> None:
    measure = Clock()
    async with quick() as limit, measure:
        with LimitsStandStill(after_s=0.001):
            await asyncio.sleep(LONGER_S)
    assert limit.off_s > 0
    assert measure.off_s == 0
    with pytest.raises(TooLate):  # once it is left, the limit goes on
        async with limit:
            await asyncio.Event().wait()


async def test_limits_go_on_until_the_time_has_come() -> None:
    limit = quick()

    async def work() -> None:
        async with limit:
            with LimitsStandStill(after_s=1000):
                await asyncio.Event().wait()

    with pytest.raises(TooLate):
        await work()
    assert limit.off_s == 0


@pytest.mark.parametrize("longest_s", [1000, None], ids=["limit", "measure"])
def test_only_a_limit_costs_a_timeout_and_a_timer(longest_s: float | None) -> None:
    async def work() -> None:
        async with Clock(longest_s):
            await asyncio.sleep(0)

    done = work_done(work)
    has_limit = longest_s is not None
    assert (done.timers, done.of("timeouts.py") > 0) == (int(has_limit), has_limit)


def test_limits_that_stand_still_later_cost_no_timer() -> None:
    async def work() -> None:
        async with Clock(1000):
            with LimitsStandStill(after_s=1000):
                await asyncio.sleep(0)

    assert work_done(work).timers == 1

"""The slots of one client: how many run, who waits, and who is refused."""

from __future__ import annotations

import asyncio

import pytest

from daytona_validate._errors import QueueFull
from daytona_validate._runtime.limiter import Slots, SlotTimeout
from held_slot import held_slot
from work_done import work_done


async def hold(slots: Slots, may_end: asyncio.Event) -> None:
    async with held_slot(slots):
        await may_end.wait()


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_those_who_came_first_go_first() -> None:
    slots, order = Slots(1), list[int]()

    async def take(number: int) -> None:
        async with held_slot(slots):
            order.append(number)
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as group:
        for number in range(5):
            group.create_task(take(number))
    assert order == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("max_waiting", [0, 1, 3])
async def test_only_those_who_wait_count_towards_the_queue(max_waiting: int) -> None:
    slots, may_end = Slots(2, max_waiting=max_waiting), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for _ in range(2 + max_waiting):
            slots.refuse_if_full()
            group.create_task(hold(slots, may_end))
            await settle()
        assert slots.waiting == max_waiting
        with pytest.raises(QueueFull, match=f"max_queue allows {max_waiting}"):
            slots.refuse_if_full()
        may_end.set()
    assert slots.waiting == 0
    slots.refuse_if_full()


async def test_waiting_too_long_is_said_and_costs_no_slot() -> None:
    slots, may_end = Slots(1, longest_wait_s=0.01), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(hold(slots, may_end))
        await settle()
        with pytest.raises(SlotTimeout, match=r"0\.01 s"):
            async with held_slot(slots):
                pass
        assert slots.waiting == 0
        may_end.set()
    async with held_slot(slots):
        pass


async def test_whoever_is_cancelled_while_waiting_takes_no_slot_along() -> None:
    slots, may_end = Slots(1), asyncio.Event()
    holder = asyncio.create_task(hold(slots, may_end))
    await settle()
    waiter = asyncio.create_task(hold(slots, may_end))
    await settle()
    waiter.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiter
    may_end.set()
    await holder
    async with held_slot(slots):
        pass


@pytest.mark.parametrize("longest_wait_s", [None, 5])
def test_a_slot_that_is_free_costs_no_timeout(longest_wait_s: float | None) -> None:
    async def work() -> None:
        slots = Slots(1, longest_wait_s=longest_wait_s)
        for _ in range(2):
            async with held_slot(slots):
                pass

    done = work_done(work)
    assert (done.timers, done.of("timeouts.py")) == (0, 0)


def test_a_newcomer_waits_as_long_as_any_snippet_of_it_does() -> None:
    slots = Slots(1)
    first, second = slots.caller(), slots.caller()
    with slots.work(first), slots.work(second):
        with slots.work(second):
            assert slots.waiting == 1
        assert slots.waiting == 1
    assert slots.waiting == 0

"""Slots go round among calls: whose turn it is, whatever waits, and whoever is called off."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from cancelled_at import at_every_wait
from daytona_validate._errors import QueueFull
from daytona_validate._runtime.limiter import Caller, Slots, SlotTimeout
from manual_clock import ManualClock


class Line:
    """Snippets of several calls that take slots, and the order in which they got them."""

    def __init__(self, slots: Slots) -> None:
        self.slots = slots
        self.got: list[str] = []
        self._calls: dict[str, Caller] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def add(self, *calls: str) -> None:
        """Have one snippet more of each call wait; one that is known takes its own turns."""
        for name in calls:
            self._tasks.append(asyncio.create_task(self._take(name)))
            await asyncio.sleep(0)

    async def give_back(self, name: str) -> str:
        """Give back one slot of a call, and return who got it."""
        before = len(self.got)
        self.slots.give_back(self._calls[name])
        for _ in range(3):  # a wait with a limit ends two turns of the loop later
            await asyncio.sleep(0)
        return "".join(self.got[before:])

    async def end(self) -> None:
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _take(self, name: str) -> None:
        caller = self._calls.setdefault(name, self.slots.caller())
        await self.slots.take(caller)
        self.got.append(name)


@asynccontextmanager
async def line(total: int) -> AsyncIterator[Line]:
    waiting = Line(Slots(total))
    try:
        yield waiting
    finally:
        await waiting.end()


async def test_a_single_call_has_one_of_the_next_two_slots_beside_any_number_of_batches() -> None:
    batches = "ABCDEFGHIJKLMNOP"
    async with line(2) as waiting:
        await waiting.add(*batches * 6)
        for _ in range(40):  # by now each has had one
            await waiting.give_back(waiting.got[-1])
        for single in "stuvw":
            await waiting.add(single)
            next_two = [await waiting.give_back(waiting.got[-1]) for _ in range(2)]
            assert single in next_two


async def test_batches_have_a_turn_for_each_round_of_newcomers() -> None:
    async with line(1) as waiting:
        await waiting.add("A", "A", "A", "A")
        await waiting.add("s", "t", "u")
        order = waiting.got[-1]
        for _ in range(4):
            order += await waiting.give_back(order[-1])
        # The first goes at once; then a turn of the batch's, before all newcomers go.
        assert order == "AsAtu"
        await waiting.add("v", "w", "x")
        for _ in range(3):
            order += await waiting.give_back(order[-1])
        assert order[5:] == "Avw"


async def test_newcomers_that_never_end_do_not_stop_batches() -> None:
    async with line(1) as waiting:
        await waiting.add("A", *"B" * 20, *"A" * 20)
        served, last = Counter[str](), "A"
        for number in range(30):
            await waiting.add(f"s{number}")  # more than there are slots
            last = await waiting.give_back(last)
            served[last[0]] += 1
        assert min(served["A"], served["B"]) >= 4
        assert abs(served["A"] - served["B"]) <= 1


async def test_the_call_that_holds_fewest_slots_is_next_among_batches() -> None:
    async with line(4) as waiting:
        await waiting.add(*"AAAA", *"AAAA", *"BBBB")
        # A's snippets are short, B's long: B gets no more than its half.
        assert [await waiting.give_back("A") for _ in range(4)] == ["B", "B", "A", "A"]


async def test_a_call_of_many_workers_is_one_in_the_queue() -> None:
    slots = Slots(1, max_waiting=2)
    waiting = Line(slots)
    await waiting.add("A", *"A" * 9, *"B" * 10)
    assert (slots.taken, slots.waiting, slots.waiting_snippets) == (1, 1, 19)
    slots.refuse_if_full()
    await waiting.add("s")
    with pytest.raises(QueueFull, match="2 calls wait for one; max_queue allows 2"):
        slots.refuse_if_full()
    await waiting.end()
    assert (slots.waiting, slots.waiting_snippets) == (0, 0)


async def test_calls_still_on_their_way_to_a_slot_count_as_well() -> None:
    slots = Slots(2, max_waiting=1)
    first, second, third = slots.caller(), slots.caller(), slots.caller()
    with slots.work(first), slots.work(second), slots.work(third):
        assert slots.waiting == 1  # two will find a slot
        with pytest.raises(QueueFull):
            slots.refuse_if_full()
    slots.refuse_if_full()


async def test_a_full_queue_tells_in_numbers_when_to_come_again() -> None:
    clock = ManualClock()
    slots = Slots(2, max_waiting=3, clock=clock)
    waiting = Line(slots)
    await waiting.add("A", "A")
    for _ in range(4):  # each slot is held for 3 s
        clock.now_s += 3
        for _ in range(2):
            await waiting.give_back("A")
        await waiting.add("A", "A")
    await waiting.add("s", "t", "u")
    with pytest.raises(QueueFull) as full:
        slots.refuse_if_full()
    assert (full.value.waiting, full.value.slots) == (3, 2)
    # Three wait, and two slots of 3 s each become free in 3 s.
    assert full.value.retry_after_s == pytest.approx(4.5)
    await waiting.add("A", "A", "A")  # a batch has turns between theirs
    with pytest.raises(QueueFull) as full:
        slots.refuse_if_full()
    assert full.value.retry_after_s == pytest.approx(6)
    clock.now_s += 12  # nothing is given back, and so it takes longer
    with pytest.raises(QueueFull) as full:
        slots.refuse_if_full()
    assert full.value.retry_after_s == pytest.approx(12)
    await waiting.end()


@pytest.mark.parametrize(("held_s", "told_s"), [(0.0, 0.1), (10_000.0, 60.0)])
async def test_the_time_to_come_again_has_bounds(held_s: float, told_s: float) -> None:
    clock = ManualClock()
    slots = Slots(1, max_waiting=0, clock=clock)
    await slots.take(slots.caller())
    clock.now_s += held_s
    with pytest.raises(QueueFull) as full:
        slots.refuse_if_full()
    assert full.value.retry_after_s == told_s


@pytest.mark.virtual_time
async def test_a_batch_that_gets_slots_has_not_waited_too_long() -> None:
    slots = Slots(1, longest_wait_s=10)
    waiting = Line(slots)
    await waiting.add(*"AAAA")
    for _ in range(3):
        await asyncio.sleep(9)
        await waiting.give_back("A")
    assert waiting.got == ["A"] * 4
    await waiting.end()


@pytest.mark.virtual_time
async def test_a_call_may_wait_for_a_time_of_its_own() -> None:
    slots = Slots(1, longest_wait_s=10)
    await slots.take(slots.caller())
    loop = asyncio.get_running_loop()
    for own_s in (0, 3, 30):
        began_s = loop.time()
        with pytest.raises(SlotTimeout, match=f" {own_s} s"):
            await slots.take(slots.caller(longest_wait_s=own_s))
        assert loop.time() - began_s == pytest.approx(own_s)
    assert slots.waiting_snippets == 0


@pytest.mark.parametrize("longest_wait_s", [None, 60.0])
@pytest.mark.parametrize("times", [1, 2])
async def test_whenever_a_task_is_cancelled_no_slot_is_lost(
    longest_wait_s: float | None, times: int
) -> None:
    slots = Slots(1, longest_wait_s=longest_wait_s)

    async def take(caller: Caller) -> None:
        await slots.take(caller)
        try:
            await asyncio.sleep(0)
        finally:
            slots.give_back(caller)

    async def beside_another() -> None:
        """Wait for a slot that another holds, of a call that waits twice."""
        await take(slots.caller())

    async def work() -> None:
        holder, caller = asyncio.create_task(take(slots.caller())), slots.caller()
        await asyncio.sleep(0)
        late = asyncio.create_task(take(caller))
        try:
            await take(caller)
        finally:
            await asyncio.wait((holder, late))

    async for _ in at_every_wait(work, times=times):
        pass
    async for _ in at_every_wait(beside_another, times=times):
        pass
    assert (slots.taken, slots.waiting, slots.waiting_snippets) == (0, 0, 0)


async def test_a_slot_passes_over_who_was_called_off_and_reaches_the_next() -> None:
    slots = Slots(1)
    holder, caller = slots.caller(), slots.caller()
    await slots.take(holder)
    waiting = [asyncio.create_task(slots.take(each)) for each in (caller, caller, slots.caller())]
    await asyncio.sleep(0)
    waiting[0].cancel()
    slots.give_back(holder)  # the cancelled one has not gone yet
    await asyncio.wait(waiting[:2])
    assert (waiting[0].cancelled(), waiting[1].done(), waiting[2].done()) == (True, True, False)
    waiting[2].cancel()
    slots.give_back(caller)
    await asyncio.wait(waiting)
    assert (slots.taken, slots.waiting_snippets) == (0, 0)

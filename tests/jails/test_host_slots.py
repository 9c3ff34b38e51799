"""All processes of a user share the slots of the machine; here each object stands for one."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails import host_slots
from daytona_validate._jails.host_slots import HostSlots
from daytona_validate._runtime.clocks import Clock
from daytona_validate._runtime.file_lock import POLL_S
from daytona_validate._runtime.limiter import SlotTimeout
from held_here import descriptors

pytestmark = pytest.mark.virtual_time


class Holder:
    """Somebody who takes a slot and keeps it until he is let go."""

    def __init__(self, slots: HostSlots, *, alone_for_s: float | None = None) -> None:
        self._hold = slots.one() if alone_for_s is None else slots.all(for_s=alone_for_s)
        self.has_it = asyncio.Event()
        self.let_go = asyncio.Event()

    async def __call__(self) -> None:
        async with self._hold:
            self.has_it.set()
            await self.let_go.wait()


@asynccontextmanager
async def running(*holders: Holder) -> AsyncIterator[list[asyncio.Task[None]]]:
    tasks = [asyncio.create_task(each()) for each in holders]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def slots_of(cache: Path, total: int, *, longest_wait_s: float | None = None) -> HostSlots:
    return await asyncio.to_thread(HostSlots, cache, total, longest_wait_s=longest_wait_s)


async def some_turns() -> None:
    """Wait for longer than it takes to ask for a lock again."""
    await asyncio.sleep(3 * POLL_S)


async def test_each_has_a_slot_of_its_own_and_the_next_waits(tmp_path: Path) -> None:
    ours, theirs = await slots_of(tmp_path, 3), await slots_of(tmp_path, 3)
    holders = [Holder(ours), Holder(theirs), Holder(ours)]
    late = Holder(theirs)
    async with running(*holders):
        for each in holders:
            await each.has_it.wait()
        async with running(late):
            await some_turns()
            assert not late.has_it.is_set()
            holders[1].let_go.set()
            await late.has_it.wait()


async def test_within_a_process_who_came_first_is_first(tmp_path: Path) -> None:
    slots = await slots_of(tmp_path, 1)
    order: list[int] = []

    async def take(number: int) -> None:
        async with slots.one():
            order.append(number)

    async with asyncio.TaskGroup() as group:
        for number in range(5):
            group.create_task(take(number))
    assert order == [0, 1, 2, 3, 4]


async def test_a_process_with_many_waiting_leaves_a_turn_to_another(tmp_path: Path) -> None:
    """Its chance is even at each turn: not to come through in 200 is no accident."""
    ours, theirs = await slots_of(tmp_path, 1), await slots_of(tmp_path, 1)
    turns = 0
    is_over = asyncio.Event()

    async def works_on() -> None:
        nonlocal turns
        while turns < 200 and not is_over.is_set():
            async with ours.one():
                turns += 1
                await asyncio.sleep(0)

    async with asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(works_on())
        await asyncio.sleep(0)
        async with theirs.one():
            assert turns < 200
        is_over.set()


async def test_who_is_called_off_while_waiting_leaves_nothing(tmp_path: Path) -> None:
    slots = await slots_of(tmp_path, 1)
    before = descriptors()
    first, second, third, alone = (
        *(Holder(slots) for _ in range(3)),
        Holder(slots, alone_for_s=60),
    )
    async with running(first):
        await first.has_it.wait()
        async with running(second, third, alone):
            await some_turns()
    assert not any(each.has_it.is_set() for each in (second, third, alone))
    assert descriptors() == before
    async with slots.one():
        pass


@pytest.mark.parametrize("more", [0, 2], ids=["as many as others", "others have more"])
async def test_alone_is_who_holds_all_of_them(tmp_path: Path, more: int) -> None:
    ours, theirs = await slots_of(tmp_path, 2), await slots_of(tmp_path, 2 + more)
    others = [Holder(theirs) for _ in range(2 + more)]
    alone, late = Holder(ours, alone_for_s=60), Holder(theirs)
    async with running(*others):
        for each in others:
            await each.has_it.wait()
        async with running(alone):
            for each in others:
                await some_turns()
                assert not alone.has_it.is_set()
                each.let_go.set()
            await alone.has_it.wait()
            async with running(late):
                await some_turns()
                assert not late.has_it.is_set()
                alone.let_go.set()
                await late.has_it.wait()


async def test_nobody_gets_in_before_who_waits_to_be_alone(tmp_path: Path) -> None:
    slots = await slots_of(tmp_path, 2)
    first, alone, late = Holder(slots), Holder(slots, alone_for_s=60), Holder(slots)
    async with running(first):
        await first.has_it.wait()
        async with running(alone):
            await some_turns()
            async with running(late):
                await some_turns()
                assert not late.has_it.is_set()
                first.let_go.set()
                await alone.has_it.wait()
                alone.let_go.set()
                await late.has_it.wait()


async def test_alone_it_is_for_a_time_only(tmp_path: Path) -> None:
    slots = await slots_of(tmp_path, 2)
    alone, other, late = Holder(slots, alone_for_s=0.03), Holder(slots), Holder(slots)
    async with running(alone):
        await alone.has_it.wait()
        async with running(other, late):
            await other.has_it.wait()
            await some_turns()
            assert not late.has_it.is_set()
            alone.let_go.set()
            await late.has_it.wait()


async def test_two_who_want_to_be_alone_do_not_wait_crosswise(tmp_path: Path) -> None:
    ours, theirs = await slots_of(tmp_path, 3), await slots_of(tmp_path, 3)
    inside = 0

    async def alone(slots: HostSlots) -> None:
        nonlocal inside
        async with slots.all(for_s=60):
            inside += 1
            assert inside == 1
            await asyncio.sleep(0)
            inside -= 1

    async with asyncio.TaskGroup() as group:
        for slots in (ours, theirs, ours, theirs):
            group.create_task(alone(slots))


@pytest.mark.slow
async def test_others_who_do_not_end_are_not_waited_for_without_end(tmp_path: Path) -> None:
    slots = await slots_of(tmp_path, 2)
    other, late = Holder(slots), Holder(slots)
    async with running(other):
        await other.has_it.wait()
        with pytest.raises(SandboxUnavailable, match="to run alone"):
            async with slots.all(for_s=0.001):
                pass
        patient = Holder(slots, alone_for_s=60)  # and so may those be who are waited for
        async with running(patient):
            await some_turns()
            other.let_go.set()
            await patient.has_it.wait()
        async with running(late):
            await late.has_it.wait()


async def test_there_are_no_more_slots_than_a_process_can_hold_together(tmp_path: Path) -> None:
    """Whatever was asked for, now or once, by whoever shares the folder."""
    slots = await slots_of(tmp_path, 10**6)
    before = descriptors()
    (tmp_path / "slots" / str(10**6)).touch()
    async with slots.all(for_s=60):
        assert descriptors() - before == host_slots.MOST + 1


@pytest.mark.parametrize("how", ["one", "all"])
async def test_locks_that_the_machine_refuses_are_its_fault(tmp_path: Path, how: str) -> None:
    slots = await slots_of(tmp_path, 4)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        with pytest.raises(SandboxUnavailable, match="could be locked") as caught:
            async with slots.one() if how == "one" else slots.all(for_s=60):
                pass
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert caught.value.retryable


async def test_waiting_is_off_the_clocks_and_may_have_an_end(tmp_path: Path) -> None:
    slots = await slots_of(tmp_path, 1, longest_wait_s=0.03)
    async with slots.one():
        async with Clock(0.01) as clock:
            with pytest.raises(SlotTimeout):
                async with slots.one():
                    pass
        assert clock.off_s == pytest.approx(0.03)


@pytest.mark.parametrize(
    "spoil", [lambda folder: folder / "missing", lambda folder: folder / "file"]
)
async def test_where_nothing_can_be_written_the_slots_are_ones_own(
    tmp_path: Path, spoil: Callable[[Path], Path]
) -> None:
    (tmp_path / "file").touch()
    slots = await slots_of(spoil(tmp_path), 1)
    async with slots.one():
        assert not list(tmp_path.glob("*/slots"))
    await asyncio.to_thread(slots.close)

"""The bounds of a pool of workers: how many tasks, how much at once, how far ahead."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._runtime.fan_out import TURN, fan_out
from work_done import WorkDone, work_done


class Counted:
    """Numbers from 0 that know how far they were read."""

    def __init__(self, count: int) -> None:
        self.count, self.read = count, 0

    def __iter__(self) -> Counted:
        return self

    def __next__(self) -> int:
        if self.read == self.count:
            raise StopIteration
        self.read += 1
        return self.read - 1


async def test_a_small_source_starts_few_workers() -> None:
    seen = 0

    async def work(index: int, item: int) -> None:
        nonlocal seen
        seen = max(seen, len(asyncio.all_tasks()))

    async with fan_out(range(2), work, workers=1000) as results:
        async for _ in results:
            pass
    assert seen <= 5


@given(
    pauses=st.lists(st.integers(0, 4), max_size=30),
    workers=st.integers(1, 6),
    stops_after=st.integers(0, 30),
)
def test_whatever_the_interleaving_the_bounds_hold(
    pauses: list[int], workers: int, stops_after: int
) -> None:
    """Never more at once than workers, never read further than twice that ahead, none twice."""

    async def main() -> None:
        source, running, found = Counted(len(pauses)), 0, list[int]()

        async def work(index: int, item: int) -> int:
            nonlocal running
            running += 1
            assert running <= workers
            for _ in range(pauses[item]):
                await asyncio.sleep(0)
            running -= 1
            return item

        async with fan_out(source, work, workers=workers) as results:
            async for result in results:
                found.append(result)
                assert source.read <= len(found) + 2 * workers
                if len(found) > stops_after:
                    break
        assert len(set(found)) == len(found) == min(len(pauses), stops_after + 1)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(main())


@pytest.mark.slow
async def test_a_hundred_thousand_items_need_no_hundred_thousand_tasks() -> None:
    most_tasks = 0

    async def work(index: int, item: int) -> int:
        nonlocal most_tasks
        if item % 1000 == 0:
            most_tasks = max(most_tasks, len(asyncio.all_tasks()))
        return item

    count = 0
    async with fan_out(iter(range(100_000)), work, workers=50) as results:
        async for _ in results:
            count += 1
    assert count == 100_000
    assert most_tasks <= 50 + 3


def test_an_item_costs_no_task_no_timer_and_few_calls() -> None:
    """Whether the consumer waits for the workers or they for it: both happen with 3 of them."""

    def over(items: int) -> WorkDone:
        async def work(index: int, item: int) -> int:
            await asyncio.sleep(0)
            return item

        async def consume() -> None:
            async with fan_out(Counted(items), work, workers=3) as results:
                async for _ in results:
                    pass

        return work_done(consume)

    few, many = over(100), over(300)
    assert many.tasks == few.tasks
    assert many.timers == few.timers
    assert (many.calls.total() - few.calls.total()) / 200 < 60


async def test_others_have_their_turns_while_a_consumer_takes_what_is_there() -> None:
    turns, is_over = 0, False

    async def other() -> None:
        nonlocal turns
        while not is_over:
            turns += 1
            await asyncio.sleep(0)

    async def work(index: int, item: int) -> int:
        return item

    task = asyncio.create_task(other())
    async with fan_out(range(10 * TURN), work, workers=100 * TURN) as results:
        async for _ in results:
            pass
    is_over = True
    await task
    assert turns >= 10


async def test_several_may_read_the_results_and_each_is_given_to_one_of_them() -> None:
    async def work(index: int, item: int) -> int:
        await asyncio.sleep(0)
        return item

    found: list[int] = []
    async with fan_out(range(100), work, workers=7) as results:

        async def read() -> None:
            async for result in results:
                found.append(result)  # noqa: PERF401 - with others

        async with asyncio.TaskGroup() as readers:
            for _ in range(5):
                readers.create_task(read())
            impatient = readers.create_task(read())
            await asyncio.sleep(0)
            impatient.cancel()
    assert sorted(found) == list(range(100))


async def test_a_stream_that_is_no_generator_needs_no_closing() -> None:
    class Stream:
        def __aiter__(self) -> Stream:
            return self

        async def __anext__(self) -> int:
            return 7

    async def work(index: int, item: int) -> int:
        return item

    async with fan_out(Stream(), work, workers=2) as results:
        assert await anext(results) == 7
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_who_cancels_every_task_there_is_may_cancel_workers_that_wait() -> None:
    """As `asyncio.run` does at its end."""
    waits = asyncio.Event()

    async def work(index: int, item: int) -> int:
        return item

    async def consume() -> None:
        async with fan_out(range(100), work, workers=3):
            for _ in range(50):  # until all workers wait for the consumer
                await asyncio.sleep(0)
            waits.set()
            await asyncio.Event().wait()

    others = asyncio.all_tasks()
    consumer = asyncio.create_task(consume())
    await waits.wait()
    for task in asyncio.all_tasks() - others:
        task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await consumer
    assert asyncio.all_tasks() == others

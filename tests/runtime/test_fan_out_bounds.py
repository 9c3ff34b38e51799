"""The bounds of a pool of workers: how many tasks, how much at once, how far ahead."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._runtime.fan_out import fan_out


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

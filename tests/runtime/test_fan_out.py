"""A pool of workers over one source: what comes out, in what order, and what is left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from daytona_validate._errors import ValidatorClosed
from daytona_validate._runtime.fan_out import fan_out


class Source:
    """Numbers from 0, plain or async, that know how far they were read and whether closed."""

    def __init__(self, count: int, *, fails_at: int | None = None) -> None:
        self.count, self.fails_at = count, fails_at
        self.read = 0
        self.is_closed = False

    def plain(self) -> Iterator[int]:
        try:
            for number in range(self.count):
                if number == self.fails_at:
                    raise LookupError("the source broke")
                self.read += 1
                yield number
        finally:
            self.is_closed = True

    async def streamed(self) -> AsyncIterator[int]:
        for number in self.plain():
            await asyncio.sleep(0)
            yield number

    async def with_cleanup(self) -> AsyncIterator[int]:
        try:
            async for number in self.streamed():
                yield number
        finally:
            await asyncio.sleep(0)
            self.is_closed = True

    def of(self, kind: str) -> Any:
        return self.plain() if kind == "plain" else self.with_cleanup()


async def squared(index: int, item: int) -> tuple[int, int]:
    await asyncio.sleep(0)
    return index, item * item


async def collect(
    holding: AbstractAsyncContextManager[AsyncIterator[Any]], found: list[Any]
) -> None:
    """Append results to a list that is still there when the reading ends in an error."""
    async with holding as results:
        async for result in results:
            found.append(result)  # noqa: PERF401 - an error must not lose those before it


async def consume_and_raise(source: Any, error: Exception) -> None:
    async with fan_out(source, squared, workers=3) as results:
        async for _ in results:
            raise error


both_kinds = pytest.mark.parametrize("kind", ["plain", "async"])


@pytest.fixture(autouse=True)
async def nothing_is_left() -> Any:
    """Whatever happens, no task survives the block."""
    before = asyncio.all_tasks()
    yield
    assert asyncio.all_tasks() - before - {asyncio.current_task()} == set()


@both_kinds
@pytest.mark.parametrize("workers", [1, 3, 50])
async def test_every_item_is_worked_on_once_with_its_position(kind: str, workers: int) -> None:
    source = Source(20)
    async with fan_out(source.of(kind), squared, workers=workers) as results:
        found = [result async for result in results]
    assert sorted(found) == [(n, n * n) for n in range(20)]
    assert source.is_closed


async def test_an_empty_source_gives_nothing() -> None:
    async with fan_out(list[int](), squared, workers=4) as results:
        assert [result async for result in results] == []


async def test_results_come_as_they_finish_not_in_order() -> None:
    first_may_end = asyncio.Event()

    async def work(index: int, item: int) -> int:
        if item == 0:
            await first_may_end.wait()
        return item

    async with fan_out(range(3), work, workers=2) as results:
        found = [await anext(results), await anext(results)]
        first_may_end.set()
        found.append(await anext(results))
    assert found == [1, 2, 0]


@both_kinds
async def test_a_slow_consumer_holds_back_the_source(kind: str) -> None:
    source = Source(1000)
    async with fan_out(source.of(kind), squared, workers=5) as results:
        for consumed in range(1, 20):
            await anext(results)
            for _ in range(50):  # as far as the workers get by themselves
                await asyncio.sleep(0)
            assert source.read <= consumed + 2 * 5


@both_kinds
async def test_a_break_stops_the_workers_and_closes_the_source(kind: str) -> None:
    source = Source(1000)
    async with fan_out(source.of(kind), squared, workers=5) as results:
        async for _ in results:
            break
    assert source.is_closed
    assert source.read <= 1 + 2 * 5
    with pytest.raises(ValidatorClosed, match="inside the `async with`"):
        await anext(results)


@both_kinds
async def test_an_error_of_the_source_comes_out_as_it_is_after_what_came_before(kind: str) -> None:
    source = Source(10, fails_at=7)
    found: list[tuple[int, int]] = []
    with pytest.raises(LookupError, match="the source broke") as caught:
        await collect(fan_out(source.of(kind), squared, workers=3), found)
    assert sorted(found) == [(n, n * n) for n in range(7)]
    assert caught.value.__cause__ is None
    assert source.is_closed


@both_kinds
async def test_an_error_of_the_consumer_comes_out_as_it_is(kind: str) -> None:
    source = Source(1000)
    error = KeyError("the consumer broke")
    with pytest.raises(KeyError) as caught:
        await consume_and_raise(source.of(kind), error)
    assert caught.value is error
    assert source.is_closed


async def test_a_group_of_errors_of_the_consumer_stays_one_group() -> None:
    error = ExceptionGroup("mine", [ValueError("a"), TypeError("b")])
    with pytest.raises(ExceptionGroup) as caught:
        async with fan_out(range(9), squared, workers=3):
            raise error
    assert caught.value is error


async def test_an_error_of_the_work_ends_the_reading_and_comes_out_as_it_is() -> None:
    async def work(index: int, item: int) -> int:
        if item == 3:
            raise ZeroDivisionError
        return item

    found: list[int] = []
    with pytest.raises(ZeroDivisionError):
        await collect(fan_out(range(1000), work, workers=1), found)
    assert found == [0, 1, 2]


@pytest.mark.parametrize("where", ["source", "work"])
async def test_a_cancellation_that_nobody_asked_for_is_not_a_quiet_end(where: str) -> None:
    """A task group drops cancelled children, and then results would be missing without a word."""

    async def numbers() -> AsyncIterator[int]:
        yield 0
        if where == "source":
            raise asyncio.CancelledError
        yield 1

    async def work(index: int, item: int) -> int:
        if where == "work" and item == 1:
            raise asyncio.CancelledError
        return item

    found: list[int] = []
    with pytest.raises(asyncio.CancelledError):
        await collect(fan_out(numbers(), work, workers=1), found)
    assert found == [0]


@both_kinds
@pytest.mark.parametrize("cancels", [1, 2, 3])
async def test_cancelled_however_often_nothing_is_left(kind: str, cancels: int) -> None:
    source, started = Source(1000), asyncio.Event()
    ended = 0

    async def work(index: int, item: int) -> None:
        nonlocal ended
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            for _ in range(5):
                await asyncio.sleep(0)
            ended += 1

    async def consume() -> None:
        async with fan_out(source.of(kind), work, workers=3) as results:
            async for _ in results:
                pass

    task = asyncio.create_task(consume())
    await started.wait()
    begun = source.read
    for _ in range(cancels):
        task.cancel()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert source.is_closed
    assert 1 <= ended <= begun + 3


async def test_a_cancellation_while_the_block_is_left_is_delivered() -> None:
    may_end, leaving = asyncio.Event(), asyncio.Event()

    async def work(index: int, item: int) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            leaving.set()
            await may_end.wait()

    async def consume() -> None:
        async with fan_out(range(1), work, workers=1):
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            raise KeyError

    task = asyncio.create_task(consume())
    await leaving.wait()
    task.cancel()
    await asyncio.sleep(0)
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.virtual_time
async def test_a_time_limit_around_the_block_stays_one() -> None:
    async def work(index: int, item: int) -> None:
        await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(60), fan_out(range(10), work, workers=2) as results:
            await anext(results)

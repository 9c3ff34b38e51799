"""A source is read in its own thread, as far as the loop asks for it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from daytona_validate._errors import ValidatorClosed
from daytona_validate._runtime.callers_source import CallersSource
from daytona_validate._runtime.loop_thread import THREADS, LoopThread


async def first(source: CallersSource[int]) -> int:
    return await anext(aiter(source.items()))


def test_only_what_is_asked_for_is_read() -> None:
    numbers = iter(range(10))
    source = CallersSource(numbers)

    def ask() -> None:
        assert asyncio.run(first(source)) == 0
        source.stop()

    asker = threading.Thread(target=ask)
    asker.start()
    source.serve()
    asker.join()
    assert next(numbers) == 1


def test_who_asks_a_stopped_source_is_told() -> None:
    source = CallersSource([1])
    source.stop()
    with pytest.raises(ValidatorClosed):
        asyncio.run(first(source))


def test_who_waits_when_it_is_stopped_is_told() -> None:
    source = CallersSource([1])

    async def ask() -> None:
        asyncio.get_running_loop().call_soon(source.stop)
        await first(source)

    with pytest.raises(ValidatorClosed):
        asyncio.run(ask())


def test_a_generator_is_closed_however_serving_ends() -> None:
    def interrupted() -> Iterator[int]:
        yield 1
        raise KeyboardInterrupt

    def numbers() -> Iterator[int]:
        yield from (1, 2)

    kept = numbers()
    source = CallersSource(kept)
    source.stop()
    source.serve()
    assert next(kept, None) is None

    source = CallersSource(interrupted())

    async def ask_twice() -> None:
        items = aiter(source.items())
        assert await anext(items) == 1
        await anext(items)

    def ask() -> None:
        with pytest.raises(ValidatorClosed):
            asyncio.run(ask_twice())

    asker = threading.Thread(target=ask)
    asker.start()
    with pytest.raises(KeyboardInterrupt):
        source.serve()
    source.stop()
    asker.join()


def ours() -> int:
    return sum("daytona-validate-loop" in thread.name for thread in threading.enumerate())


def test_all_threads_of_a_loop_are_there_from_the_beginning() -> None:
    """When the interpreter ends, Python 3.12 starts none any more."""
    before = ours()
    thread = LoopThread()
    try:
        assert ours() == before + 1 + THREADS
        names = [
            asyncio.run_coroutine_threadsafe(
                asyncio.to_thread(lambda: threading.current_thread().name), thread.loop
            ).result()
            for _ in range(3)
        ]
        assert all(name.startswith("daytona-validate-loop") for name in names)
    finally:
        thread.end()
    assert ours() == before

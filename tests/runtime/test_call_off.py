"""A piece of work is called off, and its task goes on; but for whoever is cancelled as well."""

from __future__ import annotations

import asyncio

import pytest

from daytona_validate._runtime.call_off import CallOff


class Work:
    """Work that waits, and may take a while to clean up."""

    def __init__(self, *, is_slow_to_end: bool = False) -> None:
        self.has_begun = asyncio.Event()
        self.may_end = asyncio.Event()
        self.is_cleaned_up = False
        self._is_slow_to_end = is_slow_to_end

    async def __call__(self) -> str:
        self.has_begun.set()
        try:
            await self.may_end.wait()
        finally:
            if self._is_slow_to_end:
                await asyncio.sleep(0)
            self.is_cleaned_up = True
        return "done"


async def test_what_is_under_way_ends_and_its_task_goes_on() -> None:
    scope, work = CallOff(), Work(is_slow_to_end=True)

    async def task() -> tuple[str | None, int]:
        result = await scope.piece(work)
        await asyncio.sleep(0)  # it may wait again
        current = asyncio.current_task()
        assert current is not None
        return result, current.cancelling()

    running = asyncio.create_task(task())
    await work.has_begun.wait()
    assert scope.call_off("reason") == 1
    assert await running == (None, 0)
    assert work.is_cleaned_up
    assert await scope.piece(work) is None
    assert (scope.call_off("another"), scope.why) == (0, "reason")


@pytest.mark.parametrize("first", ["call off", "cancel"])
async def test_who_is_cancelled_as_well_is_cancelled(first: str) -> None:
    scope, work = CallOff(), Work(is_slow_to_end=True)
    running = asyncio.create_task(scope.piece(work))
    await work.has_begun.wait()
    if first == "cancel":
        running.cancel()
    scope.call_off("reason")
    if first == "call off":
        running.cancel()
    await asyncio.wait((running,))
    assert (running.cancelled(), work.is_cleaned_up) == (True, True)


async def test_work_that_ends_all_the_same_has_its_result_and_no_debt() -> None:
    scope, work = CallOff(), Work()

    async def stubborn() -> str:
        try:
            return await work()
        except asyncio.CancelledError:
            return "stubborn"

    async def task() -> tuple[str | None, int]:
        current = asyncio.current_task()
        assert current is not None
        return await scope.piece(stubborn), current.cancelling()

    running = asyncio.create_task(task())
    await work.has_begun.wait()
    scope.call_off("reason")
    assert await running == ("stubborn", 0)


async def test_what_the_work_raises_comes_out() -> None:
    async def broken() -> None:
        raise KeyError

    with pytest.raises(KeyError):
        await CallOff().piece(broken)

"""A clean-up ends whatever happens to the task that waits for it."""

import asyncio
import logging

import anyio
import pytest

from daytona_validate._errors import CleanupTimeout
from daytona_validate._runtime.cleanup import finish

pytestmark = pytest.mark.virtual_time


class Removal:
    """A clean-up that says when it has begun and ends when it is told to."""

    def __init__(self, error: Exception | None = None) -> None:
        self.has_begun = asyncio.Event()
        self.may_end = asyncio.Event()
        self.has_ended = False
        self.error = error

    async def run(self) -> None:
        self.has_begun.set()
        await self.may_end.wait()
        self.has_ended = True
        if self.error is not None:
            raise self.error


async def work(removal: Removal) -> None:
    try:
        await asyncio.Event().wait()
    finally:
        await finish(removal.run(), grace_s=5)


async def cancelled_in_its_removal(removal: Removal) -> asyncio.Task[None]:
    task = asyncio.create_task(work(removal))
    await asyncio.sleep(0)
    task.cancel()
    await removal.has_begun.wait()
    return task


@pytest.mark.parametrize("more_cancels", [0, 1, 2, 5])
async def test_the_cleanup_ends_however_often_its_task_is_cancelled(more_cancels: int) -> None:
    removal = Removal()
    task = await cancelled_in_its_removal(removal)
    for _ in range(more_cancels):
        task.cancel()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not task.done()
    removal.may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert removal.has_ended


async def test_a_cancellation_during_the_cleanup_alone_is_delivered_after_it() -> None:
    removal = Removal()
    task = asyncio.create_task(finish(removal.run(), grace_s=5))
    await removal.has_begun.wait()
    task.cancel()
    await asyncio.sleep(0)
    removal.may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert removal.has_ended
    assert task.cancelled()


async def test_an_outer_cancel_beats_the_timeout_that_started_the_cleanup() -> None:
    removal = Removal()

    async def timed() -> None:
        async with asyncio.timeout(0):
            await work(removal)

    task = asyncio.create_task(timed())
    await removal.has_begun.wait()
    task.cancel()
    await asyncio.sleep(0)
    removal.may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_timeout_alone_stays_a_timeout() -> None:
    removal = Removal()
    removal.may_end.set()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await work(removal)
    assert removal.has_ended


async def test_a_hung_cleanup_is_given_up_and_leaves_no_task() -> None:
    removal = Removal()
    with pytest.raises(CleanupTimeout, match=r"0\.01 s"):
        await finish(removal.run(), grace_s=0.01)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_hung_cleanup_under_cancellation_is_logged_and_noted(
    caplog: pytest.LogCaptureFixture,
) -> None:
    removal = Removal()
    task = asyncio.create_task(finish(removal.run(), grace_s=0.01))
    await removal.has_begun.wait()
    task.cancel()
    with caplog.at_level(logging.ERROR), pytest.raises(asyncio.CancelledError) as caught:
        await task
    assert "CleanupTimeout" in caught.value.__notes__[0]
    assert len(caplog.records) == 1


async def test_a_cleanup_that_resists_is_left_behind_in_bounded_time() -> None:
    may_end, task_of = asyncio.Event(), list[asyncio.Task[None]]()

    async def resists() -> None:
        task = asyncio.current_task()
        assert task is not None
        task_of.append(task)
        while not may_end.is_set():
            try:
                await may_end.wait()
            except asyncio.CancelledError:
                continue
        raise OSError("much later")

    with pytest.raises(CleanupTimeout):
        await finish(resists(), grace_s=0.01)
    may_end.set()
    await asyncio.wait(task_of)


async def test_the_error_of_a_cleanup_is_raised() -> None:
    removal = Removal(OSError("gone"))
    removal.may_end.set()
    with pytest.raises(OSError, match="gone"):
        await finish(removal.run(), grace_s=5)


async def test_the_error_of_a_cleanup_is_a_note_on_the_cancellation() -> None:
    removal = Removal(OSError("gone"))
    task = await cancelled_in_its_removal(removal)
    removal.may_end.set()
    # Nobody cancelled it again: the work's own cancellation is the error's context.
    with pytest.raises(OSError, match="gone") as caught:
        await task
    assert isinstance(caught.value.__context__, asyncio.CancelledError)

    removal = Removal(OSError("gone"))
    task = await cancelled_in_its_removal(removal)
    task.cancel()
    await asyncio.sleep(0)
    removal.may_end.set()
    with pytest.raises(asyncio.CancelledError) as held:
        await task
    assert "gone" in held.value.__notes__[0]


async def test_inside_a_cancelled_anyio_scope_the_cleanup_is_not_cancelled_in_every_cycle() -> None:
    """anyio cancels again in every loop cycle; held back one by one that burns the CPU."""
    host = asyncio.current_task()
    assert host is not None
    cancels: list[int] = []

    async def clean() -> None:
        for _ in range(10):
            cancels.append(host.cancelling())
            await asyncio.sleep(0)

    with anyio.CancelScope() as scope:
        scope.cancel()
        try:
            await anyio.sleep_forever()
        finally:
            await finish(clean(), grace_s=5)
    assert scope.cancelled_caught
    assert len(cancels) == 10
    assert cancels[-1] - cancels[0] <= 1

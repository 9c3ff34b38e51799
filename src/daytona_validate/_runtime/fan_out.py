"""Do one kind of work on every item of a source, some at a time, and give out what is done.

A fixed pool of workers shares one iterator, so that a million items need no million tasks, and
takes from it no further than a bound ahead of the consumer, so that a slow one holds back the
source. Of several ways measured, this one used the least memory and time: with a stream of anyio's,
whose two ends meet in exceptions, an item took three times as long.

It must be a context manager: an async generator that holds tasks would leave them running
when its consumer breaks out of the loop.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Generator,
    Iterable,
)
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

from daytona_validate._errors import ValidatorClosed
from daytona_validate._runtime.cleanup import finish
from daytona_validate._runtime.tasks import cancels

Item = TypeVar("Item")
Result = TypeVar("Result")

SOURCE_GRACE_S = 30.0
"""How long an asynchronous source may take to close."""
TURN = 16
"""Results after which the event loop has a turn, where there are always more to give out and the
consumer waits for nothing. A turn for each costs half as much as all the rest of this."""


@asynccontextmanager
async def fan_out(
    source: Iterable[Item] | AsyncIterable[Item],
    work: Callable[[int, Item], Awaitable[Result]],
    *,
    workers: int,
    on_drained: Callable[[], object] = lambda: None,
) -> AsyncIterator[WorkerPool[Item, Result]]:
    """Hold the results of `work(index, item)` over a source, in the order in which they end.

    The source is read at most `2 * workers` items ahead of the consumer. A plain iterable is
    read in the event loop's thread: if its `next` blocks, everything does.

    Leaving the context cancels what still runs, waits until it has ended, and closes the
    source if it is a generator.

    Args:
        source: Items; read once, from the first to the last that is wanted.
        work: Called with each item's position, from 0, and the item.
        workers: How many items are in work at a time, at least 1.
        on_drained: Called when nothing more will be taken; maybe more than once.

    Raises:
        Exception: What the source or the work raised, unchanged, to whoever reads the results:
            after the results of all items taken until then. Nothing more is taken.
    """
    pool = WorkerPool(source, work, workers, on_drained)
    unhandled: BaseException | None = None
    try:
        async with asyncio.TaskGroup() as group:
            pool.start(group)
            try:
                yield pool
            except (Exception, BaseExceptionGroup) as error:  # noqa: BLE001 - raised again below
                # Kept away from the group, which would wrap it.
                unhandled = error
            finally:
                pool.cancel_all()
    finally:
        await pool.close()
    if unhandled is not None:
        raise unhandled


class WorkerPool(AsyncIterator[Result], Generic[Item, Result]):
    """Worker pool of one source, and the results that are done."""

    def __init__(
        self,
        source: Iterable[Item] | AsyncIterable[Item],
        work: Callable[[int, Item], Awaitable[Result]],
        size: int,
        on_drained: Callable[[], object],
    ) -> None:
        self._items = aiter(source) if isinstance(source, AsyncIterable) else _in_loop(source)
        self._work = work
        self._size = size
        self._on_drained = on_drained
        self._taken = self._given = 0
        self._ahead = 0
        """Items that are read, or about to be, and whose results are not given out."""
        self._is_drained = False
        self._is_closed = False
        self._reader: asyncio.Task[object] | None = None
        """The worker that waits for the source's next item."""
        self._failure: BaseException | None = None
        self._one_at_a_time = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._done: deque[Result] = deque()
        self._has_changed = asyncio.Event()
        """There is a result, or none will come."""
        self._parked: deque[asyncio.Future[None]] = deque()
        """Workers that wait for the consumer."""

    async def __anext__(self) -> Result:
        if self._given % TURN == 0:
            await asyncio.sleep(0)
        while not self._done and self._tasks:
            self._has_changed.clear()
            await self._has_changed.wait()
        if self._is_closed:
            raise ValidatorClosed(
                "These results are closed: read them inside the `async with` block of their stream."
            )
        if not self._done:
            raise StopAsyncIteration if self._failure is None else self._failure
        self._given += 1
        self._ahead -= 1
        self._wake(1)
        return self._done.popleft()

    def start(self, group: asyncio.TaskGroup) -> None:
        """Start the first worker; each that finds an item starts the next, up to the size."""
        task = group.create_task(self._serve(group))
        self._tasks.add(task)
        task.add_done_callback(self._leave)

    def stop(self) -> None:
        """Read nothing more; what was read is worked on and given out."""
        self._drain()
        if self._reader is not None:
            self._reader.cancel()

    def cancel_all(self) -> None:
        """Cancel every worker."""
        self._drain()
        for task in self._tasks:
            task.cancel()

    async def close(self) -> None:
        """Give out nothing more, and close the source if it is a generator."""
        self._is_closed = True
        if isinstance(self._items, AsyncGenerator):
            await finish(_aclose(self._items), grace_s=SOURCE_GRACE_S)

    def _leave(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not self._tasks:
            self._has_changed.set()

    async def _serve(self, group: asyncio.TaskGroup) -> None:
        try:
            task = asyncio.current_task()
            while (taken := await self._take(task)) is not None:
                if len(self._tasks) < self._size and not self._is_drained:
                    self.start(group)
                self._done.append(await self._work(*taken))
                self._has_changed.set()
        except asyncio.CancelledError as error:
            # Nobody cancelled us: the source or the work did so itself. A group would take
            # that for a quiet end, and results would be missing without a word.
            if cancels() == 0:
                self._fail(error)
            raise
        except Exception as error:  # noqa: BLE001 - it is raised to the consumer, in its turn
            self._fail(error)

    async def _take(self, worker: asyncio.Task[object] | None) -> tuple[int, Item] | None:
        while self._ahead >= 2 * self._size and not self._is_drained:
            self._parked.append(asyncio.get_running_loop().create_future())
            await self._parked[-1]
        self._ahead += 1
        async with self._one_at_a_time:
            if self._is_drained:
                return None
            self._reader = worker
            try:
                item = await anext(self._items)
            except StopAsyncIteration:
                self._drain()
                return None
            finally:
                self._reader = None
            self._taken += 1
            return self._taken - 1, item

    def _wake(self, count: int) -> None:
        for _ in range(min(count, len(self._parked))):
            parked = self._parked.popleft()
            if not parked.done():
                parked.set_result(None)

    def _drain(self) -> None:
        self._is_drained = True
        self._wake(len(self._parked))
        self._on_drained()

    def _fail(self, error: BaseException) -> None:
        self._failure = self._failure or error
        self._drain()


async def _in_loop(source: Iterable[Item]) -> AsyncGenerator[Item, None]:
    items = iter(source)
    try:
        for item in items:
            yield item
    finally:
        if isinstance(items, Generator):
            items.close()


async def _aclose(items: AsyncGenerator[Item, None]) -> None:
    await items.aclose()

"""A plain iterable, read in the thread that it comes from, for work in another thread's loop.

What a synchronous caller hands in may block, and may belong to its thread: a cursor of sqlite3
refuses to be read in another one.
"""

from __future__ import annotations

import asyncio
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Callable,
    Generator,
    Iterable,
    Sized,
)
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Generic, TypeVar

from daytona_validate._errors import ValidatorClosed

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class _Found(Generic[Item]):
    """Result of reading one item."""

    items: tuple[Item, ...] = ()
    """The item; none at the end."""
    error: Exception | None = None


class _SizedItems(AsyncIterable[Item]):
    def __init__(self, items: Callable[[], AsyncIterator[Item]], length: int) -> None:
        self._items = items
        self._length = length

    def __len__(self) -> int:
        return self._length

    def __aiter__(self) -> AsyncIterator[Item]:
        return self._items()


class CallersSource(Generic[Item]):
    """Pull bridge between threads: reads a source in the caller's thread, as the loop asks.

    Args:
        source: Read once; closed in this thread if it is a generator.
    """

    def __init__(self, source: Iterable[Item]) -> None:
        self._items = iter(source)
        self._length = len(source) if isinstance(source, Sized) else None
        self._asked: SimpleQueue[Future[_Found[Item]] | None] = SimpleQueue()
        self._pending: Future[_Found[Item]] | None = None
        self._is_stopped = False

    def serve(self) -> None:
        """Read one item whenever it is asked for, until `stop` is called. In the caller's thread.

        Raises:
            BaseException: What the source raised, if it is no `Exception`; those go to the work.
        """
        try:
            while (asked := self._asked.get()) is not None:
                _answer(asked, self._read())
        finally:
            if isinstance(self._items, Generator):
                self._items.close()

    def stop(self) -> None:
        """End `serve`, and whoever waits for an item; in any thread."""
        self._is_stopped = True
        self._asked.put(None)
        pending = self._pending
        if pending is not None:
            closed = ValidatorClosed("The client was closed while it read its snippets.")
            _answer(pending, _Found(error=closed))

    def items(self) -> AsyncIterable[Item]:
        """Return the items as an asynchronous iterable; with a length, if the source has one."""
        if self._length is None:
            return self._read_all()
        return _SizedItems(self._read_all, self._length)

    async def _read_all(self) -> AsyncGenerator[Item, None]:
        """Give out the items. In the loop.

        Raises:
            Exception: What the source raised, unchanged.
            ValidatorClosed: The source was stopped.
        """
        while found := await self._next():
            yield found[0]

    async def _next(self) -> tuple[Item, ...]:
        asked: Future[_Found[Item]] = Future()
        self._pending = asked
        self._asked.put(asked)
        if self._is_stopped:  # asked after it was put, so that `stop` or this sees the other
            self.stop()
        found = await asyncio.wrap_future(asked)
        self._pending = None
        if found.error is not None:
            raise found.error
        return found.items

    def _read(self) -> _Found[Item]:
        try:
            return _Found(items=(next(self._items),))
        except StopIteration:
            return _Found()
        except Exception as error:  # noqa: BLE001 - raised again in the loop
            return _Found(error=error)


def _answer(asked: Future[_Found[Item]], found: _Found[Item]) -> None:
    with suppress(InvalidStateError):  # nobody waits for it any more
        asked.set_result(found)

"""Cancellation at a counted moment: whenever a task waits, and whenever its waiting ends.

Sleeping before `cancel()` meets other moments on each host, and none of the narrow ones.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Generator
from dataclasses import dataclass
from itertools import count
from types import coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass
class Cancelled(Generic[T]):
    """A task that is cancelled when it waits for the n-th time, from 0 on.

    Args:
        work: What the task does.
        at_wait: Which of its waits.
        when_ready: Not as the wait begins, but when what it waits for is there already.
        times: How often; each further time is two turns of the loop later.
    """

    work: Coroutine[Any, Any, T]
    at_wait: int
    when_ready: bool = False
    times: int = 1
    was_met: bool = False
    """Whether it came to this wait at all."""

    async def end(self) -> T | None:
        """Return its result, or None if it ended as cancelled.

        Raises:
            Exception: What the work raised.
        """
        task = asyncio.create_task(_counted(self.work, self._on_wait))
        await asyncio.wait({task})
        return None if task.cancelled() else task.result()

    def _on_wait(self, number: int, waits_for: Any) -> None:
        if number != self.at_wait:
            return
        self.was_met = True
        task = asyncio.current_task()
        assert task is not None
        if self.when_ready and waits_for is not None:
            waits_for.add_done_callback(lambda _: _cancel(task, self.times))
        else:
            _cancel(task, self.times)


def _cancel(task: asyncio.Task[Any], times: int) -> None:
    task.cancel()
    if times > 1:  # in two turns: in the next, this one is delivered
        loop = asyncio.get_running_loop()
        loop.call_soon(loop.call_soon, _cancel, task, times - 1)


async def at_every_wait(
    work: Callable[[], Coroutine[Any, Any, T]], *, times: int = 1
) -> AsyncIterator[T | None]:
    """Do some work for each of its waits, cancelled there, and once whole; yield the ends."""
    for when_ready in (False, True):
        for at_wait in count():
            cancelled = Cancelled(work(), at_wait, when_ready=when_ready, times=times)
            yield await cancelled.end()
            if not cancelled.was_met:
                assert at_wait > 0, "it never waited"
                break


async def _counted(work: Coroutine[Any, Any, T], on_wait: Callable[[int, Any], None]) -> T:
    return await _stepped(work, on_wait)  # a task takes no generator from Python 3.12 on


@coroutine
def _stepped(
    work: Coroutine[Any, Any, T], on_wait: Callable[[int, Any], None]
) -> Generator[Any, Any, T]:
    number, go_on, with_what = 0, work.send, None
    while True:
        try:
            waits_for = go_on(with_what)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
        on_wait(number, waits_for)
        number += 1
        try:
            go_on, with_what = work.send, (yield waits_for)
        except BaseException as error:  # noqa: BLE001 - it is handed on to the work
            go_on, with_what = work.throw, error

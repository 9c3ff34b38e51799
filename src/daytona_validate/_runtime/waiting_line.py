"""Waiting line: tasks go one after the other, in the order they came; waiting is off all clocks."""

from __future__ import annotations

import asyncio
import math
from bisect import insort
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from daytona_validate._runtime.clocks import off_the_clocks

Waiter = TypeVar("Waiter")


class _Place(Generic[Waiter]):
    def __init__(self, number: int, waiter: Waiter) -> None:
        self.number = number
        self.waiter = waiter
        self.turn = asyncio.Event()

    def __lt__(self, other: _Place[Waiter]) -> bool:
        return self.number < other.number


class WaitingLine(Generic[Waiter]):
    """Waiting line (FIFO queue) whose first task goes as soon as it may.

    Args:
        wait_s: Returns the seconds until a waiter may go if it is the first; infinite: until
            `wake_first`. What it raises, the waiter gets. Whoever goes does what changes its
            answer before the next `await`.
        sleep: Waits for some seconds.
    """

    def __init__(
        self,
        wait_s: Callable[[Waiter], float],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._wait_s = wait_s
        self._sleep = sleep
        self._line: list[_Place[Waiter]] = []

    def __len__(self) -> int:
        """Return how many tasks wait."""
        return len(self._line)

    def wake_first(self) -> None:
        """Have the first look whether it may go; whoever leaves has the next one look."""
        if self._line:
            self._line[0].turn.set()

    async def wait(self, waiter: Waiter, number: int) -> None:
        """Return when it is this task's turn.

        Args:
            waiter: For whom.
            number: The place in the line: behind all smaller and equal ones.
        """
        place = _Place(number, waiter)
        insort(self._line, place)
        try:
            with off_the_clocks():
                while (wait_s := self._wait_s(waiter)) > 0 or self._line[0] is not place:
                    await self._until_woken(place, wait_s if self._line[0] is place else math.inf)
        finally:
            self._line.remove(place)
            self.wake_first()

    async def _until_woken(self, place: _Place[Waiter], longest_s: float) -> None:
        place.turn.clear()
        if longest_s == math.inf:
            await place.turn.wait()
            return
        async with asyncio.TaskGroup() as group:
            alarm = group.create_task(self._sound(place.turn, longest_s))
            await place.turn.wait()
            alarm.cancel()

    async def _sound(self, turn: asyncio.Event, after_s: float) -> None:
        await self._sleep(after_s)
        turn.set()

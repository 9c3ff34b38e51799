"""A condition variable: wait until something is true that others make true, without polling."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Condition:
    """Condition variable: wakes all waiters, each of which checks its predicate again.

    For one event loop. Not `asyncio.Condition`: a plain function could not take its lock.
    """

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def notify_all(self) -> None:
        """Wake all waiters."""
        self._next.set()
        self._next = asyncio.Event()

    async def wait_for(self, is_true: Callable[[], bool]) -> None:
        """Return once the predicate is true: it is called now, and after each `notify_all`."""
        while not is_true():
            await self._next.wait()

"""Calling work off from outside, so that whoever waits for it hears that, and its task goes on.

A task that is cancelled is lost, and its caller with it. Here only a piece of its work is: as
`asyncio.timeout` does, with somebody's decision in place of a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


class CallOff:
    """Cancellation scope: all its pieces of work, at any time and of any number of tasks."""

    def __init__(self) -> None:
        self.why: str | None = None
        """Why it was called off; None: it was not."""
        self.on_call_off: Callable[[], object] = lambda: None
        """Called once, when it is called off."""
        self._inside: dict[asyncio.Task[object], None] = {}
        self._cancelled: set[asyncio.Task[object]] = set()
        """Of those inside: cancelled by this, and nobody has heard of it yet."""

    def call_off(self, why: str) -> int:
        """End all pieces that are under way, and begin none any more; return how many those are.

        Args:
            why: In a few words; the first that is said counts.
        """
        if self.why is not None:
            return 0
        self.why = why
        for task in self._inside:
            self._cancelled.add(task)
            task.cancel()
        self.on_call_off()
        return len(self._cancelled)

    async def piece(self, work: Callable[[], Awaitable[T]]) -> T | None:
        """Return the result of a piece of work; None: it was called off, and has cleaned up.

        Args:
            work: It lets itself be cancelled. A task does one piece at a time.

        Raises:
            asyncio.CancelledError: The task was cancelled by somebody else.
            Exception: What the work raised.
        """
        if self.why is not None:
            return None
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine runs in one, for the type checker
        cancels = task.cancelling()
        self._inside[task] = None
        try:
            return await work()
        except asyncio.CancelledError:
            if self._takes_back(task) and task.cancelling() <= cancels:
                return None
            raise
        finally:
            del self._inside[task]
            if self._cancelled:
                self._takes_back(task)

    def _takes_back(self, task: asyncio.Task[object]) -> bool:
        """Have a task go on as if it had not been cancelled; return whether it was, by this."""
        if task not in self._cancelled:
            return False
        self._cancelled.remove(task)
        task.uncancel()
        return True

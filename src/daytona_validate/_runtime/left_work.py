"""Work whose caller may leave at once when it is cancelled: what is left to do goes on behind it.

To remove a sandbox takes seconds where its host or its service hangs. A caller with a deadline of
its own, such as `asyncio.wait_for`, would come too late by as much.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from daytona_validate._runtime.tasks import retrieve

T = TypeVar("T")

_logger = logging.getLogger("daytona_validate")

GRACE_S = 0.1
"""How long a cancelled caller waits for its work to end: mostly it has by then, and nothing of it
is left when the caller goes on."""


class LeftWork:
    """Background tasks that were callers' own work, until these were cancelled."""

    def __init__(self) -> None:
        self._left: set[asyncio.Task[Any]] = set()

    async def result(
        self, work: Coroutine[Any, Any, T], *, on_left: Callable[[], object] = lambda: None
    ) -> T:
        """Return the result of some work, which has a task of its own.

        Args:
            work: If the caller is cancelled, it is cancelled, once, and cleans up.
            on_left: Called if the caller goes on before the work has ended.

        Raises:
            asyncio.CancelledError: The caller was cancelled: at most `GRACE_S` ago.
            Exception: What the work raised.
        """
        task = asyncio.create_task(work)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if not task.done():
                await self._leave(task, on_left)
            raise

    async def ended(self, *, longest_s: float) -> None:
        """Wait for all that is left, for a time; what has not ended by then is cancelled again."""
        if not self._left:
            return
        _, late = await asyncio.wait(self._left, timeout=longest_s)
        if late:
            _logger.error(
                "What %d cancelled calls left was not removed in %g s.", len(late), longest_s
            )
            for task in late:
                task.cancel()

    async def _leave(self, task: asyncio.Task[T], on_left: Callable[[], object]) -> None:
        self._left.add(task)
        task.add_done_callback(self._has_ended)
        task.cancel()
        try:
            await asyncio.wait((task,), timeout=GRACE_S)
        finally:
            if not task.done():
                on_left()

    def _has_ended(self, task: asyncio.Task[Any]) -> None:
        self._left.discard(task)
        retrieve(task)

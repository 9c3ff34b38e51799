"""Background tasks: what the emulator does after a request has been answered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from daytona_validate._runtime.cleanup import finish

CLOSING_S = 600.0
"""Some of them remove emulated machines, on a slow disk."""

_logger = logging.getLogger("daytona_validate")


class BackgroundTasks:
    """Background tasks: each lives until it ends, or until the emulator cancels them all."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None], *, name: str) -> None:
        """Start a task; an exception of one is logged, and harms no other."""
        task = asyncio.create_task(_guarded(work, name), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda _: work.close())  # cancelled before it began

    async def cancel_all(self) -> None:
        """Cancel all tasks, and wait until they have ended."""
        while self._tasks:
            for task in tuple(self._tasks):
                task.cancel()
            await asyncio.wait(tuple(self._tasks))


@asynccontextmanager
async def background_tasks() -> AsyncIterator[BackgroundTasks]:
    """Hold background tasks; leaving cancels those that still run, and waits until they ended.

    No `TaskGroup`: it would wrap what is raised inside, such as a test's own failure.
    """
    tasks = BackgroundTasks()
    try:
        yield tasks
    finally:
        await finish(tasks.cancel_all(), grace_s=CLOSING_S)


async def _guarded(work: Coroutine[Any, Any, None], name: str) -> None:
    try:
        await work
    except Exception:  # one task's edge: the others go on
        _logger.exception("The emulator's task %r failed.", name)

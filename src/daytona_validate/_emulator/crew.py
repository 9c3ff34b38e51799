"""The emulator's own tasks: what it does after a request has been answered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

_logger = logging.getLogger("daytona_validate")


class Crew:
    """Tasks that live until they end, or until the emulator does."""

    def __init__(self, group: asyncio.TaskGroup) -> None:
        self._group = group
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None], *, name: str) -> None:
        """Start a task; what it raises is logged, and harms no other."""
        task = self._group.create_task(_guarded(work, name), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def dismiss(self) -> None:
        """Cancel them all."""
        for task in tuple(self._tasks):
            task.cancel()


@asynccontextmanager
async def crew() -> AsyncIterator[Crew]:
    """Hold a crew; leaving it cancels what still runs, and waits for it."""
    async with asyncio.TaskGroup() as group:
        made = Crew(group)
        try:
            yield made
        finally:
            made.dismiss()


async def _guarded(work: Coroutine[Any, Any, None], name: str) -> None:
    try:
        await work
    except Exception:  # one task's edge: the others go on
        _logger.exception("The emulator's task %r failed.", name)

"""A context that lasts beyond one call, entered and left in a task of its own.

An event loop that ends cancels its tasks and then closes what generators are still suspended. A
context that a generator holds open can only end itself properly in the first of the two.
"""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from typing import Any, Generic, TypeVar

Held = TypeVar("Held")


class ContextTask(Generic[Held]):
    """Context that is held until it is closed, or the event loop ends.

    Args:
        context: Not entered yet.
    """

    def __init__(self, context: AbstractAsyncContextManager[Held]) -> None:
        self._found: asyncio.Future[Held] = asyncio.get_running_loop().create_future()
        self._is_over = asyncio.Event()
        self._task = asyncio.create_task(self._hold(context))

    async def entered(self) -> Held:
        """Return what the context gives, and raise what its beginning raises."""
        ends: tuple[asyncio.Future[Any], ...] = (self._found, self._task)
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        if not self._found.done():
            await self._task
        return self._found.result()

    async def aclose(self) -> None:
        """Leave the context, and raise what its end raises; safe to call twice."""
        self._is_over.set()
        if not self._found.done():
            self._task.cancel()
        await asyncio.wait({self._task})
        error = None if self._task.cancelled() else self._task.exception()
        if error is not None and self._found.done():  # else `entered` has raised it
            raise error

    async def _hold(self, context: AbstractAsyncContextManager[Held]) -> None:
        async with context as held:
            self._found.set_result(held)
            await self._is_over.wait()

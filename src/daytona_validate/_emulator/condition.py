"""Wait until something is true that others make true, without asking again and again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Condition:
    """Tells those who wait that they should look again; for one event loop."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def notify_all(self) -> None:
        """Let all who wait look again."""
        self._next.set()
        self._next = asyncio.Event()

    async def wait_for(self, is_true: Callable[[], bool]) -> None:
        """Return once it is true; it is looked at now and after each change."""
        while not is_true():
            await self._next.wait()

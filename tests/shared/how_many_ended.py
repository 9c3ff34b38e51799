"""How many pieces of work have ended: to do something once so many have."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass
class Ended:
    """How many have ended."""

    count: int = 0
    one_more: asyncio.Event = field(default_factory=asyncio.Event)

    async def counted(self, work: Coroutine[Any, Any, T]) -> T:
        try:
            return await work
        finally:
            self.add()

    def add(self) -> None:
        self.count += 1
        self.one_more.set()

    async def until(self, count: int) -> None:
        while self.count < count:
            self.one_more.clear()
            await self.one_more.wait()

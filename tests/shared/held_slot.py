"""A slot of a client, held as long as a block of a test lasts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from daytona_validate._runtime.limiter import Slots


@asynccontextmanager
async def held_slot(slots: Slots) -> AsyncIterator[None]:
    caller = slots.caller()
    await slots.take(caller)
    try:
        yield
    finally:
        slots.give_back(caller)

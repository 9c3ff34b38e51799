"""Look again and again whose time has come."""

from __future__ import annotations

import asyncio

from daytona_validate._emulator.fleet import Fleet

LOOKS_PER_MINUTE = 6
"""As often as the platform does."""


async def watch(fleet: Fleet, *, minute_s: float) -> None:
    """Stop and destroy what is idle or too old, for ever."""
    while True:
        await asyncio.sleep(minute_s / LOOKS_PER_MINUTE)
        fleet.look()

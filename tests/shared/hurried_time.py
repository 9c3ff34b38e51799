"""Time that whoever sleeps puts forward instead of waiting, for what talks to a real service."""

from __future__ import annotations

import asyncio
import time


class HurriedTime:
    """A clock, in monotonic seconds, that runs ahead by what is slept.

    Who sleeps takes a turn of the loop; of those who sleep at one time, the clock runs ahead by
    the longest, not by the sum.
    """

    def __init__(self) -> None:
        self._ahead_s = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self._ahead_s

    async def sleep(self, seconds: float) -> None:
        wakes_s = self() + seconds
        await asyncio.sleep(0)
        self._ahead_s = max(self._ahead_s, wakes_s - time.monotonic())

"""Waiting for what another process, or a thread, does: asked for again and again, with a bound.

It is for what can only be looked at from outside. Within a process, wait for an event.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

LONGEST_S = 60.0
"""Only against what hangs: hosts are noisy."""
_PAUSE_S = 0.002


def wait_until(holds: Callable[[], object], *, longest_s: float = LONGEST_S) -> None:
    """Block until a condition holds.

    Raises:
        AssertionError: It did not within the time.
    """
    end_s = time.monotonic() + longest_s
    while not holds():
        assert time.monotonic() < end_s, f"not within {longest_s:g} s"
        time.sleep(_PAUSE_S)


async def eventually(holds: Callable[[], object], *, longest_s: float = LONGEST_S) -> None:
    """The same in a coroutine; a thread asks, as most conditions read files.

    Raises:
        AssertionError: It did not within the time.
    """
    end_s = time.monotonic() + longest_s
    while not await asyncio.to_thread(holds):
        assert time.monotonic() < end_s, f"not within {longest_s:g} s"
        await asyncio.sleep(_PAUSE_S)

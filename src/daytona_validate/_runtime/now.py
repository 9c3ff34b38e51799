"""The clock that durations are measured by, whichever event loop runs."""

from __future__ import annotations

import asyncio
from asyncio import get_running_loop
from time import perf_counter

_ASYNCIOS_TIME = asyncio.BaseEventLoop.time


def now_s() -> float:
    """Return the seconds of a clock that only moves forward; only differences mean something.

    Not the event loop's, on which deadlines are set: uvloop 0.23 counts whole milliseconds, and
    looks at the clock once in a turn. But a loop of asyncio's with a clock of its own decides how
    time goes, as where hours pass in a test.
    """
    loop = get_running_loop()
    if type(loop).time is _ASYNCIOS_TIME or not isinstance(loop, asyncio.BaseEventLoop):
        return perf_counter()
    return loop.time()

"""An event loop whose clock leaps to the next timer, for tests with the mark `virtual_time`.

Where nothing is ready to run, it does not wait until a timer is due: its clock is put forward.
So a test can have hours pass, in an order that does not depend on how busy the host is. What a
thread does takes no time, and what comes from a socket or a process is not waited for: tests of
those need the real clock.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from selectors import DefaultSelector
from typing import Any, TypeVar, TypeVarTuple

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class _Leaping(DefaultSelector):
    def __init__(self) -> None:
        super().__init__()
        self.now_s = 1000.0  # a sum of powers of two: small times are added almost exactly
        self.threads = 0

    def select(self, timeout: float | None = None) -> Any:
        if self.threads or timeout is None:
            return super().select(None if timeout is None or timeout > 0 else 0)
        ready = super().select(0)
        if not ready:
            self.now_s += max(0.0, timeout)
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """Virtual time: `time()` stands still while code runs, and leaps while all of it waits."""

    def __init__(self) -> None:
        self._leaping = _Leaping()
        super().__init__(self._leaping)

    def time(self) -> float:
        return self._leaping.now_s

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[*Ts], T], *args: *Ts
    ) -> asyncio.Future[T]:
        ended = super().run_in_executor(executor, func, *args)
        self._leaping.threads += 1
        ended.add_done_callback(self._has_ended)
        return ended

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:
        """Wait for the threads as long as it takes: the limit, five minutes, is over at once."""
        await super().shutdown_default_executor()

    def _has_ended(self, _: object) -> None:
        self._leaping.threads -= 1

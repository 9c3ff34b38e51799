"""Start an emulator in a thread of its own, for tests that have no event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass

from daytona_validate._emulator.counts import Counts
from daytona_validate._emulator.handle import Emulator

ENDING_S = 620.0
"""More than closing an emulator may take."""


@dataclass(frozen=True, slots=True)
class ThreadedEmulator:
    """Handle: a running emulator, seen from another thread."""

    emulator: Emulator
    loop: asyncio.AbstractEventLoop

    def until(self, is_true: Callable[[Counts], bool], *, longest_s: float) -> Counts:
        """Return the counters once the predicate is true of them.

        Raises:
            TimeoutError: The predicate did not become true within `longest_s` seconds.
        """
        waiting = asyncio.run_coroutine_threadsafe(self.emulator.until(is_true), self.loop)
        try:
            return waiting.result(longest_s)
        except TimeoutError:
            waiting.cancel()
            raise


@contextmanager
def threaded(
    start: Callable[[], AbstractAsyncContextManager[Emulator]],
) -> Iterator[ThreadedEmulator]:
    """Hold an emulator that runs in another thread.

    Args:
        start: Returns the emulator to hold, `emulator` itself or `lambda: emulator(minute_s=0.1)`.

    Raises:
        Exception: What starting or ending it raised.
    """
    thread = _Thread(start)
    thread.start()
    try:
        yield thread.started()
    finally:
        thread.end()


class _Thread:
    def __init__(self, start: Callable[[], AbstractAsyncContextManager[Emulator]]) -> None:
        self._start = start
        self._is_up = threading.Event()
        self._held: ThreadedEmulator | None = None
        self._leave: asyncio.Event | None = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._main, name="daytona-validate-emulator")

    def start(self) -> None:
        self._thread.start()

    def started(self) -> ThreadedEmulator:
        self._is_up.wait()
        if self._held is None:
            assert self._error is not None  # noqa: S101 - one of the two is there
            raise self._error
        return self._held

    def end(self) -> None:
        if self._held is not None and self._leave is not None:
            self._held.loop.call_soon_threadsafe(self._leave.set)
        self._thread.join(ENDING_S)
        if self._held is not None and self._error is not None:
            raise self._error

    def _main(self) -> None:
        try:
            asyncio.run(self._run())
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            self._error = error
        finally:
            self._is_up.set()

    async def _run(self) -> None:
        self._leave = asyncio.Event()
        async with self._start() as running:
            self._held = ThreadedEmulator(running, asyncio.get_running_loop())
            self._is_up.set()
            await self._leave.wait()

"""Start an emulator in a thread of its own, for tests that have no event loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass

from anyio.from_thread import BlockingPortal

from daytona_validate._emulator.counts import Counts
from daytona_validate._emulator.handle import Emulator
from daytona_validate._runtime.loop_thread import LoopThread


@dataclass(frozen=True, slots=True)
class ThreadedEmulator:
    """Handle: a running emulator, seen from another thread."""

    emulator: Emulator
    portal: BlockingPortal
    """Calls functions in the emulator's event loop."""

    def until(self, is_true: Callable[[Counts], bool], *, longest_s: float) -> Counts:
        """Return the counters once the predicate is true of them.

        Raises:
            TimeoutError: The predicate did not become true within `longest_s` seconds.
        """
        waiting = self.portal.start_task_soon(self.emulator.until, is_true)
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
    thread = LoopThread()
    try:
        with thread.portal.wrap_async_context_manager(start()) as running:
            yield ThreadedEmulator(running, thread.portal)
    finally:
        thread.end(is_patient=False)  # an interrupted `until` may still be waiting

"""What moves the progress display: a clock in the event loop, and a count of what is to come."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from daytona_validate._cli.screen.progress import Display
from daytona_validate._cli.screen.progress_counts import Counts
from daytona_validate._errors import ConfigurationError


@contextmanager
def ticking(display: Display) -> Iterator[None]:
    """Let a display tick by the running event loop's clock, and close it at the end."""
    loop = asyncio.get_running_loop()
    started_s = loop.time()

    def tick() -> None:
        display.tick(loop.time() - started_s)
        waiting.append(loop.call_later(display.interval_s, tick))
        del waiting[0]

    waiting = [loop.call_later(display.interval_s, tick)]
    try:
        yield
    finally:
        waiting[-1].cancel()
        display.close()


@contextmanager
def counting(source: Callable[[], Iterable[object]], counts: Counts) -> Iterator[None]:
    """Find out the total in a thread of its own, while the work has already begun.

    Args:
        source: Called once, returns everything that is going to be done; it is read a second
            time, because to keep it would take memory for every snippet.
        counts: Gets the total when it is known.
    """
    is_over = threading.Event()

    def count() -> None:
        total = 0
        try:
            for total, _ in enumerate(source(), start=1):  # noqa: B007 - used after the loop
                if is_over.is_set():
                    return
        except (ConfigurationError, OSError):
            return  # whoever reads them for work says what is wrong
        counts.total = total

    thread = threading.Thread(target=count, name="total", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()

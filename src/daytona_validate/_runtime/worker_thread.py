"""Cancellable thread: file work whose thread has stopped when its cancelled task goes on."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

from daytona_validate._runtime.cleanup import finish

T = TypeVar("T")

GRACE_S = 10.0
"""How long a thread may take to notice: one file's copy, at most."""


class Stopped(Exception):
    """The work was cancelled; only the thread that raises this sees it."""


class StopSign:
    """Cancellation token for a thread: set when its task was cancelled."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def show(self) -> None:
        """Ask the thread to stop."""
        self._event.set()

    def heed(self) -> None:
        """Raise `Stopped` once the thread was asked to stop; call it between two files."""
        if self._event.is_set():
            raise Stopped


async def in_thread(work: Callable[[StopSign], T]) -> T:
    """Return what the work returns; cancelled, first wait until its thread has let go.

    Without that wait a cancelled preparation would remove a folder that its own thread is
    still filling.
    """
    sign = StopSign()
    thread = asyncio.ensure_future(asyncio.to_thread(work, sign))
    try:
        return await asyncio.shield(thread)
    except asyncio.CancelledError:
        sign.show()
        await finish(_settled(thread), grace_s=GRACE_S)
        raise


async def _settled(thread: asyncio.Future[T]) -> None:
    await asyncio.wait({thread})
    thread.exception()  # retrieved: it is `Stopped`, or comes too late to matter

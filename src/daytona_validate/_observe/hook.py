"""The hook of events: called in order, between other work of the loop, never in its way."""

from __future__ import annotations

import asyncio
import logging
from collections import deque

from daytona_validate._observe.events import Event, OnEvent
from daytona_validate._runtime.log_once import LogOnce

_logger = logging.getLogger("daytona_validate")

MOST_WAITING = 10_000
"""Events that wait for the hook; beyond it the oldest are lost, and counted."""
AT_A_TIME = 100
"""Calls in one turn of the loop, so that others have theirs."""


class Hook:
    """Bounded queue of events before a function that may be slow, or fail.

    Args:
        on_event: See `OnEvent`.
    """

    def __init__(self, on_event: OnEvent) -> None:
        self.lost = 0
        self._on_event = on_event
        self._waiting: deque[Event] = deque(maxlen=MOST_WAITING)
        self._is_scheduled = False
        self._log = LogOnce(_logger)

    def post(self, event: Event) -> None:
        """Have the function called with an event, after those before it."""
        self.lost += len(self._waiting) == MOST_WAITING
        self._waiting.append(event)
        if not self._is_scheduled:
            self._is_scheduled = True
            asyncio.get_running_loop().call_soon(self._turn)

    def flush(self) -> None:
        """Call it with all that is left."""
        while self._waiting:
            self._call(self._waiting.popleft())

    def _turn(self) -> None:
        try:
            for _ in range(min(AT_A_TIME, len(self._waiting))):
                self._call(self._waiting.popleft())
        finally:  # also if Ctrl-C comes meanwhile
            self._is_scheduled = bool(self._waiting)
            if self._is_scheduled:
                asyncio.get_running_loop().call_soon(self._turn)

    def _call(self, event: Event) -> None:
        # Whatever a caller's function raises costs nobody anything. It is no coroutine: a
        # cancellation that comes out is that of something it asked, and not of whoever is here.
        try:
            self._on_event(event)
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - as is said above
            said = f"on_event raised {type(error).__name__}; the event is {event.kind}"
            self._log.warn(said, kind="on_event", error=error)

"""Waiting line: tasks wait for room in the order they came; waiting there is off all clocks."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from daytona_validate._runtime.clocks import off_the_clocks


class WaitingLine:
    """Waiting line (FIFO queue): each room that becomes free lets the first task in it try.

    Args:
        sleep: Waits for some seconds.
    """

    def __init__(self, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._sleep = sleep
        self._line: deque[asyncio.Event] = deque()

    @property
    def waiting(self) -> int:
        """How many tasks wait."""
        return len(self._line)

    def room_is_free(self) -> None:
        """Wake the task that has waited longest; if none waits, the room is forgotten."""
        if self._line:
            self._line.popleft().set()

    def dissolve(self) -> None:
        """Wake all tasks: there is nothing to wait for any more."""
        while self._line:
            self.room_is_free()

    async def wait(self, longest_s: float) -> None:
        """Return when it is this task's turn, or after so many seconds."""
        turn = asyncio.Event()
        self._line.append(turn)
        with off_the_clocks():
            try:
                async with asyncio.TaskGroup() as group:
                    alarm = group.create_task(self._sound(turn, longest_s))
                    await turn.wait()
                    alarm.cancel()
            except asyncio.CancelledError:
                if turn.is_set():
                    self.room_is_free()  # the next one's turn, as this task does not try
                raise
            finally:
                if turn in self._line:
                    self._line.remove(turn)

    async def _sound(self, turn: asyncio.Event, after_s: float) -> None:
        await self._sleep(after_s)
        turn.set()

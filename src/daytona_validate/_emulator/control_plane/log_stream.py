"""The log of a snapshot's build, for whoever follows it."""

from __future__ import annotations

from collections.abc import AsyncIterator

from daytona_validate._emulator.condition import Condition


class LogStream:
    """Log stream: readers get its lines, also as they are added, until the build has ended."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._is_over = False
        self._condition = Condition()

    def say(self, line: str) -> None:
        """Add a line."""
        self._lines.append(line)
        self._condition.notify_all()

    def end(self) -> None:
        """End the log: no line comes any more."""
        self._is_over = True
        self._condition.notify_all()

    async def read(self, *, is_followed: bool) -> AsyncIterator[str]:
        """Yield the lines, each with its end; followed, also those to come."""
        shown = 0
        while True:
            while shown < len(self._lines):
                yield f"{self._lines[shown]}\n"
                shown += 1
            if self._is_over or not is_followed:
                return
            seen = shown
            await self._condition.wait_for(lambda: self._is_over or len(self._lines) > seen)  # noqa: B023

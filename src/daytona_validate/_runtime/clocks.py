"""Limits on the time of one task that stand still while it waits for what nobody can hurry.

A snippet has a time to get its sandbox and a time in all. Waiting behind a throttle that holds
back everybody is part of neither: whoever waits there says so (`off_the_clocks`), without
knowing which clocks run above. Who learns of it afterwards only, as of a program that others kept
from running, moves their ends on (`extend_the_clocks`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from types import TracebackType
from typing import Self


class Clock:
    """Pausable deadline: bounds the seconds that a task spends inside; entered again, it goes on.

    Args:
        longest_s: Seconds inside, over all entries together; None: it only measures.
        too_late: Makes the error that comes out when they are over.
    """

    def __init__(
        self,
        longest_s: float | None = None,
        too_late: Callable[[], Exception] = TimeoutError,
    ) -> None:
        self.off_s = 0.0
        """Seconds inside that were not counted."""
        self._longest_s = longest_s
        self._too_late = too_late
        self._counted_s = 0.0
        self._since_s = 0.0
        self._off = 0
        self._timeout: asyncio.Timeout | None = None
        self._task: asyncio.Task[object] | None = None
        """The task that is inside; None: nobody is."""
        self.outer: Clock | None = None
        """The one around it."""
        self._token: Token[Clock | None] | None = None

    @property
    def ran_s(self) -> float:
        """Seconds that were counted, up to now."""
        is_running = self._task is not None and self._off == 0
        return self._counted_s + (_now_s() - self._since_s if is_running else 0.0)

    @property
    def has_limit(self) -> bool:
        """Whether it ends what takes too long, and does not only measure."""
        return self._longest_s is not None

    def is_of(self, task: asyncio.Task[object] | None) -> bool:
        """Return whether it bounds this task; a task that was started inside is not bounded."""
        return self._task is task

    async def __aenter__(self) -> Self:
        """Count from now on."""
        now_s = _now_s()
        if self._longest_s is not None:
            timeout = asyncio.timeout_at(now_s + self._left_s(self._longest_s))
            await timeout.__aenter__()
            self._timeout = timeout
        self._since_s, self._task = now_s, asyncio.current_task()
        self.outer = _innermost.get()
        self._token = _innermost.set(self)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Count no more.

        Raises:
            Exception: What `too_late` made: the time was over. Not promised: that it replaces
                any error but the cancellation by which it ended the task's work.
        """
        assert self._token is not None  # noqa: S101 - entered, for the type checker
        _innermost.reset(self._token)
        self._counted_s = self.ran_s
        self._task = self.outer = self._token = None
        timeout, self._timeout = self._timeout, None
        if timeout is not None:
            try:
                await timeout.__aexit__(kind, error, traceback)
            except TimeoutError as over:
                raise self._too_late() from over

    def extend(self, by_s: float) -> None:
        """Allow this many seconds more, if there is an end at all."""
        if self._longest_s is not None:
            self._longest_s += by_s
            if self._task is not None and self._off == 0:
                self._reschedule(_now_s() + self._longest_s - self.ran_s)

    def stand_still(self) -> None:
        """Count no more until as many calls of `go_on`."""
        self._off += 1
        if self._off == 1 and self._task is not None:
            now_s = _now_s()
            self._counted_s += now_s - self._since_s
            self._since_s = now_s
            self._reschedule(None)

    def go_on(self) -> None:
        """Count again."""
        self._off -= 1
        if self._off == 0 and self._task is not None:
            now_s = _now_s()
            self.off_s += now_s - self._since_s
            self._since_s = now_s
            if self._longest_s is not None:
                self._reschedule(now_s + self._left_s(self._longest_s))

    def _left_s(self, longest_s: float) -> float:
        return max(0.0, longest_s - self._counted_s)

    def _reschedule(self, when_s: float | None) -> None:
        # One that has fired already cannot be moved: its cancellation is on the way.
        if self._timeout is not None and not self._timeout.expired():
            self._timeout.reschedule(when_s)


_innermost: ContextVar[Clock | None] = ContextVar("_innermost", default=None)


@contextmanager
def off_the_clocks() -> Iterator[None]:
    """Let all clocks that bound this task stand still."""
    clocks = _of_this_task()
    for clock in clocks:
        clock.stand_still()
    try:
        yield
    finally:
        for clock in clocks:
            clock.go_on()


@contextmanager
def limits_stand_still_after(seconds: float) -> Iterator[None]:
    """Have the limits on the current task stand still from some time on until the block is left.

    It is for work that is known to take longer only while nobody can hurry it. Clocks that only
    measure go on.
    """
    clocks = [each for each in _of_this_task() if each.has_limit]
    stopped: list[Clock] = []

    def stop() -> None:
        for clock in clocks:
            clock.stand_still()
            stopped.append(clock)

    handle = asyncio.get_running_loop().call_later(seconds, stop)
    try:
        yield
    finally:
        handle.cancel()
        for clock in stopped:
            clock.go_on()


def extend_the_clocks(by_s: float) -> None:
    """Allow this task so many seconds more on all clocks that bound it."""
    for clock in _of_this_task():
        clock.extend(by_s)


def _of_this_task() -> list[Clock]:
    task, clock = asyncio.current_task(), _innermost.get()
    found: list[Clock] = []
    while clock is not None:
        if clock.is_of(task):
            found.append(clock)
        clock = clock.outer
    return found


def _now_s() -> float:
    return asyncio.get_running_loop().time()

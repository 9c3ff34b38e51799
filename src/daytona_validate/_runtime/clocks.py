"""Limits on the time of one task that stand still while it waits for what nobody can hurry.

A snippet has a time to get its sandbox and a time in all. Waiting behind a throttle that holds
back everybody is part of neither: whoever waits there says so (`off_the_clocks`), without
knowing which clocks run above. Who learns of it afterwards only, as of a program that others kept
from running, moves their ends on (`extend_the_clocks`).
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from types import TracebackType
from typing import Self

from daytona_validate._runtime.now import now_s

LOOK_S = 10.0
"""How long a limit sets its timer for at most. Nearly all work is over by then, and its timer was
moved by nothing: what stops, extends or divides the time is seen when the timer is due."""
_NOTHING_S = 1e-9
"""Seconds that are none: a sum of times is as exact as floating-point numbers are."""


class Clock:
    """Pausable deadline: bounds the seconds that a task spends inside; entered again, it goes on.

    Args:
        longest_s: Seconds inside, over all entries together; None: it only measures.
        too_late: Makes the error that comes out when they are over.
    """

    __slots__ = (
        *("_alarm", "_counted_s", "_ends_as", "_lap", "_longest_s", "_off", "_since_s"),
        *("_still_from_s", "_task", "_timeout", "_token", "_too_late", "off_s", "outer"),
    )

    def __init__(
        self,
        longest_s: float | None = None,
        too_late: Callable[[], Exception] = TimeoutError,
    ) -> None:
        self.off_s = 0.0
        """Seconds inside that were not counted."""
        self.outer: Clock | None = None
        """The one around it."""
        self._longest_s = longest_s
        self._too_late = self._ends_as = too_late
        self._counted_s = self._since_s = 0.0
        self._off = 0
        self._still_from_s = math.inf
        """From when on it stands still by itself: no timer says so, it is seen when one is due."""
        self._lap: Lap | None = None
        self._task: asyncio.Task[object] | None = None
        """The task that is inside; None: nobody is."""
        self._token: Token[Clock | None] | None = None
        self._timeout: asyncio.Timeout | None = None
        """Ends the work; it has no time of its own, but is told when."""
        self._alarm: asyncio.TimerHandle | None = None

    @property
    def ran_s(self) -> float:
        """Seconds that were counted, up to now."""
        is_running = self._task is not None and self._off == 0
        return self._counted_s + (self._counts(now_s()) if is_running else 0.0)

    @property
    def has_limit(self) -> bool:
        """Whether it ends what takes too long, and does not only measure."""
        return self._longest_s is not None

    def is_of(self, task: asyncio.Task[object] | None) -> bool:
        """Return whether it bounds this task; a task that was started inside is not bounded."""
        return self._task is task

    async def __aenter__(self) -> Self:
        """Count from now on."""
        loop = asyncio.get_running_loop()
        self._since_s, self._task = now_s(), asyncio.current_task(loop)
        if self._longest_s is not None:
            timeout = asyncio.timeout(None)
            await timeout.__aenter__()
            self._timeout = timeout
            look_s = min(self._longest_s - self._counted_s, LOOK_S)
            self._alarm = loop.call_at(loop.time() + look_s, self._look)
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
        self._count()
        self._task = self.outer = self._token = None
        timeout, self._timeout = self._timeout, None
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if timeout is not None:
            try:
                await timeout.__aexit__(kind, error, traceback)
            except TimeoutError as over:
                raise self._ends_as() from over

    def extend(self, by_s: float) -> None:
        """Allow this many seconds more, if there is an end at all."""
        if self._longest_s is not None:
            self._longest_s += by_s
        if self._lap is not None:
            self._lap.longest_s += by_s
        self._look_again()

    def stand_still(self) -> None:
        """Count no more until as many calls of `go_on`."""
        self._count()
        self._off += 1
        self._look_again()

    def go_on(self) -> None:
        """Count again."""
        self._count()
        self._off -= 1
        self._look_again()

    def stand_still_from(self, time_s: float) -> float:
        """Count no more from a time of `now_s` on; return the one that it was before."""
        self._count()
        before_s, self._still_from_s = self._still_from_s, time_s
        self._look_again()
        return before_s

    def lap(self, longest_s: float, too_late: Callable[[], Exception]) -> Lap:
        """Return a limit on a part of what is inside, within that on all of it, which there is.

        One at a time. Its error comes out where the clock's does, as the clock ends the work.

        Args:
            longest_s: Seconds.
            too_late: Makes the error that comes out when they are over.
        """
        return Lap(self, longest_s, too_late)

    def bound_by(self, lap: Lap | None) -> None:
        """Have what follows bounded by a lap as well, or no more."""
        self._lap = lap
        if self._alarm is None:
            self._look_again()
        elif lap is not None and _loop_s() + lap.longest_s < self._alarm.when():
            self._alarm.cancel()
            self._look()

    def _count(self) -> None:
        """Add up what has passed since that was done before."""
        if self._task is None:
            return
        at_s = now_s()
        passed_s, counts_s = at_s - self._since_s, 0.0 if self._off > 0 else self._counts(at_s)
        self._counted_s += counts_s
        self.off_s += passed_s - counts_s
        self._since_s = at_s

    def _counts(self, at_s: float) -> float:
        """Return how many of the seconds since then count, while nobody has it stand still."""
        if at_s <= self._still_from_s:
            return at_s - self._since_s
        return max(0.0, self._still_from_s - self._since_s)

    def _left_s(self) -> float:
        """Return the seconds that are left, and note whose error it is when they are over."""
        ran_s, lap = self.ran_s, self._lap
        left_s = math.inf if self._longest_s is None else self._longest_s - ran_s
        self._ends_as = self._too_late
        if lap is not None and lap.began_s + lap.longest_s - ran_s < left_s:
            left_s = lap.began_s + lap.longest_s - ran_s
            self._ends_as = lap.too_late
        return left_s

    def _look(self) -> None:
        self._alarm = None
        if self._timeout is None or self._off > 0:
            return  # `go_on` looks again
        left_s = self._left_s()
        if left_s <= _NOTHING_S:
            self._timeout.reschedule(_loop_s())
        elif now_s() < self._still_from_s:  # else `stand_still_from` looks again
            self._alarm = asyncio.get_running_loop().call_later(left_s, self._look)

    def _look_again(self) -> None:
        """Look at what is left after a change, unless the alarm will, or it has ended the work."""
        if self._alarm is None and self._timeout is not None and not self._timeout.expired():
            self._timeout.reschedule(None)
            self._look()


class Lap:
    """Part of a clock's time with a limit of its own, as a context; see `Clock.lap`."""

    __slots__ = ("_clock", "_off_s", "began_s", "longest_s", "off_s", "ran_s", "too_late")

    def __init__(self, clock: Clock, longest_s: float, too_late: Callable[[], Exception]) -> None:
        self.longest_s = longest_s
        self.too_late = too_late
        self.ran_s = self.off_s = 0.0
        """Once it is left: seconds in it that its clock counted, and others."""
        self.began_s = self._off_s = 0.0
        self._clock = clock

    def so_far_s(self) -> float:
        """Return the seconds in it that its clock counted up to now."""
        return self._clock.ran_s - self.began_s

    def __enter__(self) -> Self:
        self.began_s, self._off_s = self._clock.ran_s, self._clock.off_s
        self._clock.bound_by(self)
        return self

    def __exit__(self, *_: object) -> None:
        self.ran_s = self.so_far_s()
        self.off_s = self._clock.off_s - self._off_s
        self._clock.bound_by(None)


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


class LimitsStandStill:
    """Stop of the limits on the current task, from some time on until the block is left.

    It is for work that is known to take longer only while nobody can hurry it. Clocks that only
    measure go on.

    Args:
        after_s: Seconds from the beginning of the block.
    """

    __slots__ = ("_after_s", "_before")

    def __init__(self, *, after_s: float) -> None:
        self._after_s = after_s
        self._before: list[tuple[Clock, float]] = []

    def __enter__(self) -> None:
        from_s = now_s() + self._after_s
        for clock in _of_this_task():
            if clock.has_limit:
                self._before.append((clock, clock.stand_still_from(from_s)))

    def __exit__(self, *_: object) -> None:
        for clock, before_s in self._before:
            clock.stand_still_from(before_s)


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


def _loop_s() -> float:
    return asyncio.get_running_loop().time()

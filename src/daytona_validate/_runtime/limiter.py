"""The slots of one client: the single bound on how much runs at a time, over all its calls.

Slots go round among calls, and not among snippets: a call of one snippet would else stand behind
every worker of every batch. Whoever has had no slot yet goes first, and those who have had one
are not forgotten: after as many newcomers as there were for each of them, at least one, it is
their turn, and among them that of the call which holds the fewest slots. A flood of newcomers
so delays a batch, and cannot stop it.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from daytona_validate._errors import QueueFull, SandboxUnavailable
from daytona_validate._reason import Reason
from daytona_validate._runtime.hold_time import HoldTime

LEAST_RETRY_S = 0.1
"""Who comes again sooner is only refused again."""
MOST_RETRY_S = 60.0
"""Nothing that was measured up to now tells of a later time."""


class SlotTimeout(SandboxUnavailable):
    """No slot became free within the time that its caller was ready to wait.

    Args:
        wait_s: The seconds waited.
        where: Whose slots, as in ` of the host`.
    """

    reason = Reason.QUEUE_TIMEOUT

    def __init__(self, wait_s: float | None, *, where: str = "") -> None:
        super().__init__(f"No slot{where} became free in {wait_s:g} s (DAYTONA_QUEUE_TIMEOUT)")


@contextmanager
def patience(longest_wait_s: float | None) -> Iterator[None]:
    """Bound each wait for a slot of the host, too, for one call; None: as is set for all."""
    token = _patience_s.set(longest_wait_s)
    try:
        yield
    finally:
        _patience_s.reset(token)


def patience_s(default_s: float | None) -> float | None:
    """Return how long this call waits for a slot of the host; None: for ever."""
    own_s = _patience_s.get()
    return default_s if own_s is None else own_s


_patience_s: ContextVar[float | None] = ContextVar("_patience_s", default=None)


@dataclass(eq=False, slots=True)
class Caller:
    """Flow of fair queueing: one call, however many of its snippets want a slot at a time."""

    longest_wait_s: float | None
    """How long it may wait for its first slot, and from each to its next; None: for ever."""
    held: int = 0
    """Slots that it has now."""
    under_way: int = 0
    """Its snippets on their way, whether they wait for a slot or not."""
    is_new: bool = True
    """Whether it has had no slot yet."""
    had_one_s: float = -math.inf
    """When it last got a slot, by the event loop's time; kept where it may not wait for ever."""
    line: deque[asyncio.Future[None]] = field(default_factory=deque)
    """Its snippets that wait for a slot."""


class Slots:
    """Fair semaphore with a bounded queue: it counts the calls that wait, and can refuse more.

    Args:
        total: How many slots there are, at least 1.
        max_waiting: How many calls may wait for their first one; None: any number; 0: none waits.
        longest_wait_s: How long a call may wait for its first one, and from each to its next;
            None: for ever.
        clock: The time in seconds, for estimates.
    """

    def __init__(
        self,
        total: int,
        *,
        max_waiting: int | None = None,
        longest_wait_s: float | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.total = total
        self._free = total
        self._max_waiting = max_waiting
        self._longest_wait_s = longest_wait_s
        self._hold_time = HoldTime(clock)
        self._expected: dict[Caller, None] = {}
        """Newcomers with a snippet under way, whether it waits or is still on its way here."""
        self._new: dict[Caller, None] = {}
        """Newcomers that wait, who came first before the others."""
        self._others: dict[Caller, None] = {}
        """Calls that wait for another slot, who has waited longest for it before the others."""
        self._turns_of_new = 1
        """Newcomers that may go before it is the turn of the others."""

    @property
    def taken(self) -> int:
        """How many slots are held now."""
        return self.total - self._free

    @property
    def waiting(self) -> int:
        """How many calls wait for their first slot, those not counted for whom one is free."""
        return max(0, len(self._expected) - self._free)

    @property
    def waiting_snippets(self) -> int:
        """How many snippets wait for a slot, of all calls."""
        return sum(len(caller.line) for caller in (*self._new, *self._others))

    def caller(self, *, longest_wait_s: float | None = None) -> Caller:
        """Return a new call.

        Args:
            longest_wait_s: How long it may wait, in place of what holds for all; 0: not at all.
        """
        return Caller(self._longest_wait_s if longest_wait_s is None else longest_wait_s)

    def refuse_if_full(self) -> None:
        """Refuse one call more if it would have to wait and the queue is full.

        Raises:
            QueueFull: As many wait as may. The caller's fault: it should shed load or wait.
        """
        if self._max_waiting is None or len(self._expected) < self._free + self._max_waiting:
            return
        raise QueueFull(
            f"All {self.total} slots are taken and {self.waiting} calls wait for one; "
            f"max_queue allows {self._max_waiting}. Try again later.",
            waiting=self.waiting,
            slots=self.total,
            retry_after_s=self._retry_after_s(),
        )

    @contextmanager
    def work(self, caller: Caller) -> Iterator[None]:
        """Have a snippet of a call under way; see `begin` and `end`."""
        self.begin(caller)
        try:
            yield
        finally:
            self.end(caller)

    def begin(self, caller: Caller) -> None:
        """Have one snippet more of a call under way; a newcomer counts in the queue from now on."""
        caller.under_way += 1
        if caller.is_new:
            self._expected[caller] = None

    def end(self, caller: Caller) -> None:
        """Have one snippet less of a call under way."""
        caller.under_way -= 1
        if caller.under_way == 0 and caller.is_new:
            self._expected.pop(caller, None)

    async def take(self, caller: Caller) -> None:
        """Take one slot for a call, when it is its turn.

        Raises:
            SlotTimeout: The call got none in time.
        """
        if self._free > 0:
            self._free -= 1
            self._has_one(caller)
            return
        place = asyncio.get_running_loop().create_future()
        caller.line.append(place)
        self._line_up(caller)
        with self.work(caller):
            try:
                await _turn(caller, place)
            except BaseException:
                if place.done() and not place.cancelled():  # it came all the same
                    self.give_back(caller)
                else:
                    self._leave(caller, place)
                raise

    def give_back(self, caller: Caller) -> None:
        """Give back a slot that was taken for a call."""
        caller.held -= 1
        self._hold_time.given_back()
        while self._new or self._others:
            heir = self._next()
            self._step_out(heir)
            place = next((each for each in heir.line if not each.done()), None)
            if place is None:  # whoever waited was called off, and is about to leave
                continue
            heir.line.remove(place)
            self._has_one(heir)
            self._line_up(heir)
            place.set_result(None)
            return
        self._free += 1

    def _has_one(self, caller: Caller) -> None:
        caller.held += 1
        if caller.is_new:
            caller.is_new = False
            self._expected.pop(caller, None)
        if caller.longest_wait_s is not None:
            caller.had_one_s = asyncio.get_running_loop().time()
        self._hold_time.taken()

    def _next(self) -> Caller:
        """Return the call whose turn it is; at least one waits."""
        if not self._others:
            return next(iter(self._new))
        if self._new and self._turns_of_new > 0:
            self._turns_of_new -= 1
            return next(iter(self._new))
        self._turns_of_new = max(1, -(-len(self._new) // len(self._others)))
        return min(self._others, key=lambda other: other.held)

    def _line_up(self, caller: Caller) -> None:
        if caller.line:
            (self._new if caller.is_new else self._others).setdefault(caller)

    def _step_out(self, caller: Caller) -> None:
        self._new.pop(caller, None)
        self._others.pop(caller, None)

    def _leave(self, caller: Caller, place: asyncio.Future[None]) -> None:
        caller.line.remove(place)
        if not caller.line:
            self._step_out(caller)

    def _retry_after_s(self) -> float:
        """Return in how many seconds all newcomers will have had a slot, at the pace of late."""
        turns_of_others = min(len(self._others), len(self._new))
        turns = max(1, self.waiting + turns_of_others)
        at_this_pace_s = turns * self._hold_time.mean_s / self.total
        return min(MOST_RETRY_S, max(LEAST_RETRY_S, at_this_pace_s))


async def _turn(caller: Caller, place: asyncio.Future[None]) -> None:
    """Wait for a slot: for ever, or while the call gets any from time to time."""
    if caller.longest_wait_s is None:
        await place
        return
    loop = asyncio.get_running_loop()
    since_s = loop.time()
    while not place.done():
        since_s = max(since_s, caller.had_one_s)
        left_s = since_s + caller.longest_wait_s - loop.time()
        if left_s <= 0:
            raise SlotTimeout(caller.longest_wait_s)
        await asyncio.wait((place,), timeout=left_s)

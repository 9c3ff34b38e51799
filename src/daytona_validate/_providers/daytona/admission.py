"""Admission of requests to create a sandbox: when the next one is sent, and by whom.

Where the service takes all that it is asked for, nothing is waited for, and nothing is started.
Else all who wait stand in one line, and the first of them goes when rate limit, limits and
circuit let it. A snapshot that does not work has a line of its own, from which one at a time comes
into that one: nobody waits for another snapshot's sake. Waiting is no attempt, off all clocks, and
has a budget.
"""

from __future__ import annotations

import asyncio
import logging
import math
import random
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from itertools import count

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._observe.watch import Watch
from daytona_validate._providers.daytona.circuit import DEAD, Circuit, Circuits, is_outage
from daytona_validate._providers.daytona.creation_limits import WINDOW_S, Asked, CreationLimits
from daytona_validate._providers.daytona.wire.failures import FailureKind, ServiceFailure
from daytona_validate._providers.daytona.wire.retry_after import CreationsLeft
from daytona_validate._reason import Reason
from daytona_validate._runtime.gate import Gate
from daytona_validate._runtime.log_once import LogOnce
from daytona_validate._runtime.single_flight import own_copy
from daytona_validate._runtime.waiting_line import WaitingLine

_logger = logging.getLogger("daytona_validate")

SPREAD = 0.05
"""How much later than it may the first in the line goes, as a part of the wait: not all processes
of an organization at one moment."""
CAPACITY_PATIENCE_S = 600.0
"""How long one attempt waits behind throttles and for room, all in all."""
LEAST_THROTTLE_S = 1.0
"""A date that our clock says is over, or a wait of 0, must not make a storm of requests."""
NO_ROOM = (
    "Daytona has no capacity for another sandbox: snippets wait until it has, each at most "
    f"{CAPACITY_PATIENCE_S:g} s. `daytona-validate sweep` removes leftovers of earlier runs, which "
    "take capacity too."
)
THROTTLED = "Daytona's rate limit is exceeded: all snippets wait until requests are allowed again."
NOT_WORKING = "Daytona does not work: snippets wait until it does, or are unavailable."


class Ticket(Asked):
    """What one attempt to get a sandbox has to show: its place in the line, its wait budget."""

    __slots__ = ("left_s", "number", "since_s", "snapshot")

    def __init__(self, name: str, snapshot: str, number: int) -> None:
        super().__init__(name)
        self.snapshot = snapshot
        self.number = number
        self.left_s = CAPACITY_PATIENCE_S
        """How long it may still wait, without the present wait."""
        self.since_s = math.inf
        """When the present wait began."""


class Admission:
    """Admission control of creations; one for a whole provider, so that all share its waits.

    Args:
        refusal: The refusal of the key that is still believed; None: there is none.
        clock: Monotonic seconds.
        sleep: Waits for some seconds.
        random: A number in [0, 1).
    """

    def __init__(
        self,
        refusal: Callable[[], ServiceFailure | None],
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random: Callable[[], float] = random.random,
    ) -> None:
        self.gate = Gate(clock=clock, sleep=sleep, random=random)
        """Holds back everybody after one was throttled."""
        self._refusal = refusal
        self._clock = clock
        self._random = random
        self._line: WaitingLine[Ticket] = WaitingLine(self._wait_s, sleep=sleep)
        self._limits = CreationLimits()
        self._circuits = Circuits()
        self._lines: defaultdict[str, WaitingLine[Ticket]] = defaultdict(
            lambda: WaitingLine(self._snapshot_wait_s, sleep=sleep)
        )
        """Of those snapshots that do not work, or did not."""
        self._numbers = count()
        self._no_room: ServiceFailure | None = None
        self._log = LogOnce(_logger)
        self._is_closed = False
        self._watch = Watch()

    def report_to(self, watch: Watch) -> None:
        """Tell an observer of throttles and of circuits from now on."""
        self._watch = watch
        self.gate.on_closed = watch.throttled

    def ticket(self, name: str, snapshot: str) -> Ticket:
        """Return the ticket of an attempt to get the sandbox of a name, from a snapshot."""
        return Ticket(name, snapshot, next(self._numbers))

    async def enter(self, ticket: Ticket) -> None:
        """Return when a request may be sent; one of `created`, `failed`, `given_up` follows it.

        Whoever comes again after a refusal has its old place in the line.

        Raises:
            ServiceFailure: The key was refused a short while ago.
            SandboxUnavailable: It is no use to wait, or would be too long, or all is closed.
        """
        own = self._circuits.of(ticket.snapshot)
        if len(self._line) or not own.is_closed or self._wait_s(ticket) > 0:
            ticket.since_s = self._clock()
            try:
                await self._wait(ticket, own)
            except BaseException:
                self._circuits.not_sent(ticket, ticket.snapshot)
                self._wake()
                raise
            finally:
                ticket.left_s -= self._clock() - ticket.since_s
                ticket.since_s = math.inf
        now_s = self._clock()
        self._limits.sent(ticket)
        self._circuits.sent(ticket, ticket.snapshot, now_s)

    async def _wait(self, ticket: Ticket, own: Circuit) -> None:
        """Return when it is this ticket's turn in its snapshot's line, and in all others'."""
        while True:
            if own.wait_s(ticket, self._clock()) > 0:
                await self._lines[ticket.snapshot].wait(ticket, ticket.number)
            own.sent(ticket, self._clock())
            await self._line.wait(ticket, ticket.number)
            if own.wait_s(ticket, self._clock()) <= 0:
                return

    def created(self, ticket: Ticket, left: CreationsLeft | None = None) -> None:
        """Note that the request made a sandbox, and how many more the service allows."""
        now_s = self._clock()
        self._limits.ended()
        self._limits.created(ticket, now_s)
        if left is not None:
            self._limits.allowed(left.count, now_s, for_s=left.for_s)
        self._circuits.answered(ticket.snapshot)
        self._wake()

    def failed(self, ticket: Ticket, failure: ServiceFailure) -> None:
        """Note what the request came to instead."""
        now_s = self._clock()
        self._limits.ended()
        if failure.kind is FailureKind.FULL:
            self._log.warn(NO_ROOM)
            self._no_room = failure
            self._limits.full(ticket, now_s)
        elif failure.kind is FailureKind.THROTTLED:
            self.throttled(failure)
            self._limits.throttled(ticket)
        else:
            self._limits.given_up(ticket)
            if not failure.may_have_worked:
                self._limits.gone(ticket.name)
        if failure.is_local:
            self._circuits.not_sent(ticket, ticket.snapshot)
        elif failure.kind in DEAD:
            self._circuits.failed(ticket, ticket.snapshot, failure, now_s)
            if self._circuits.waits(ticket.snapshot):
                self._log.warn(NOT_WORKING)
        else:
            self._circuits.answered(ticket.snapshot)
        self._wake()

    def waits_out(self, ticket: Ticket, error: BaseException) -> bool:
        """Return whether a failure is of an outage that is waited for: `enter` does."""
        return is_outage(error) and self._circuits.waits(ticket.snapshot)

    def given_up(self, ticket: Ticket) -> None:
        """Note that nobody waits for the request any more; it may have made a sandbox."""
        self._limits.ended()
        self._limits.given_up(ticket)
        self._circuits.given_up(ticket, ticket.snapshot, self._clock())
        self._wake()

    def throttled(self, failure: ServiceFailure) -> None:
        """Hold everybody back for as long as the service said."""
        self._log.warn(THROTTLED)
        # Without a word of how long: until it counts anew.
        asked_s = WINDOW_S if failure.retry_after_s is None else failure.retry_after_s
        self.gate.close_for(max(asked_s, LEAST_THROTTLE_S))

    async def pass_gate(self, ticket: Ticket) -> None:
        """Return when requests other than creations may be sent.

        Raises:
            SandboxUnavailable: That would be too long.
        """
        began_s = self._clock()
        is_open = await self.gate.wait(ticket.left_s)
        ticket.left_s -= self._clock() - began_s
        if not is_open:
            raise _too_many(self.gate.left_s)

    def held_back_s(self) -> float:
        """Return for how many seconds more the rate limits let nobody go, however few are held.

        Negative: since when they do again.
        """
        return max(self.gate.left_s, self._limits.rate_wait_s(self._clock()))

    def renamed(self, old: str, new: str) -> None:
        """Note that the removal of a sandbox will end under another name."""
        self._limits.renamed(old, new)

    def gone(self, name: str) -> None:
        """Note that the removal of a sandbox has ended."""
        self._limits.gone(name)
        self._line.wake_first()

    def close(self) -> None:
        """Let nobody in any more; whoever waits is refused."""
        self._is_closed = True
        self._wake()

    def _wake(self) -> None:
        if (is_open := self._circuits.change()) is not None:
            self._watch.circuit(is_open=is_open)
        self._line.wake_first()
        for line in self._lines.values():
            line.wake_first()

    def _wait_s(self, ticket: Ticket) -> float:
        """Return how long the first in the line has to wait.

        Raises:
            SandboxUnavailable: It is of no use.
        """
        self._look_if_of_use()
        now_s = self._clock()
        if self._circuits.of(ticket.snapshot).wait_s(ticket, now_s) > 0:
            return 0.0  # it goes back into the line of its snapshot
        throttle_s = self.gate.left_s
        if throttle_s > self._left_s(ticket, now_s):
            raise _too_many(throttle_s)
        circuit_s = self._circuits.way.refusing_wait_s(ticket, now_s)
        return self._bounded_s(ticket, max(throttle_s, circuit_s, self._limits.wait_s(now_s)))

    def _snapshot_wait_s(self, ticket: Ticket) -> float:
        """Return how long the first in the line of a snapshot has to wait; raises as `_wait_s`."""
        self._look_if_of_use()
        own = self._circuits.of(ticket.snapshot)
        return self._bounded_s(ticket, own.refusing_wait_s(ticket, self._clock()))

    def _look_if_of_use(self) -> None:
        if self._is_closed:
            raise SandboxUnavailable("The Daytona provider is closed.", reason=Reason.CLOSED)
        if (refused := self._refusal()) is not None:
            raise own_copy(refused)

    def _left_s(self, ticket: Ticket, now_s: float) -> float:
        return ticket.left_s - max(0.0, now_s - ticket.since_s)

    def _bounded_s(self, ticket: Ticket, wait_s: float) -> float:
        """Return a wait as far as there is patience for it."""
        if wait_s <= 0:
            return 0.0
        left_s = self._left_s(ticket, self._clock())
        if left_s <= 0:
            raise self._waited_long_enough(ticket.left_s)
        if wait_s == math.inf:  # a request is under way, and has a timeout of its own
            return wait_s
        return min(left_s, wait_s * (1 + SPREAD * self._random()))

    def _waited_long_enough(self, waited_s: float) -> SandboxUnavailable:
        if self._limits.is_full and self._no_room is not None:
            return SandboxUnavailable(
                f"{self._no_room} (waited {CAPACITY_PATIENCE_S:.0f} s)", reason=Reason.NO_ROOM
            )
        return SandboxUnavailable(
            f"Daytona lets fewer sandboxes through than are asked for (waited {waited_s:.0f} s); "
            "lower DAYTONA_CONCURRENCY",
            reason=Reason.THROTTLED,
        )


def _too_many(for_s: float) -> SandboxUnavailable:
    # In minutes: snippets that are refused for one reason are so with few texts.
    minutes = math.ceil(for_s / 60)
    return SandboxUnavailable(
        f"Daytona's rate limit blocks requests for {minutes} min more, and a snippet waits "
        f"{CAPACITY_PATIENCE_S:g} s at most; try again then, or lower DAYTONA_CONCURRENCY",
        reason=Reason.THROTTLED,
    )

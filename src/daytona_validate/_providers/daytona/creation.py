"""Getting a sandbox started, whatever the service answers.

A sandbox has a name of ours before it is asked for. So whatever becomes of the answer, we can
look whether it is there and take it, and whoever gives up can have it removed. One call here is
one attempt; trying again, with a new name, is the caller's. Waiting for others' sake (behind a
throttle, for room, for a snapshot that wakes up) is no attempt and off all clocks.
"""

from __future__ import annotations

import asyncio
import logging
import math
import random
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain, repeat
from typing import Any

from daytona_validate._core.retry_policy import (
    RetryRule,
    RetryRun,
    RetryTable,
    at_once,
    backoff_s,
    up_to,
)
from daytona_validate._errors import SandboxUnavailable
from daytona_validate._providers.daytona.activation import Activation
from daytona_validate._providers.daytona.retry_rules import is_kind, is_throttled
from daytona_validate._providers.daytona.wire.failures import FailureKind, ServiceFailure
from daytona_validate._providers.daytona.wire.parse import SandboxAnswer
from daytona_validate._providers.daytona.wire.service import CREATE_READ_S, Service
from daytona_validate._runtime.gate import Gate
from daytona_validate._runtime.log_once import LogOnce
from daytona_validate._runtime.retries import retried
from daytona_validate._runtime.waiting_line import WaitingLine

_logger = logging.getLogger("daytona_validate")

CAPACITY_PATIENCE_S = 600.0
"""How long one attempt waits behind throttles and for room, all in all."""
WINDOW_S = 60.0
"""The service's window for counting creations: the wait after a throttle that does not say how
long."""
LEAST_THROTTLE_S = 1.0
"""A date that our clock says is over, or a wait of 0, must not make a storm of requests."""
LOST_POLLS = 5
"""Consecutive polls of a sandbox that may fail before it is given up."""
ACTIVATIONS = 2
_FIRST_POLLS_S = (0.0, 0.1, 0.15, 0.25, 0.4, 0.6)
"""The answer to a creation is mostly behind the facts: the first look comes at once."""
_POLL_S = 1.0
NO_ROOM = (
    "Daytona has no capacity for another sandbox: snippets wait until it has, each at most "
    f"{CAPACITY_PATIENCE_S:g} s. `daytona-validate sweep` removes leftovers of earlier runs, which "
    "take capacity too."
)


def _room_s(tries: int, failure: BaseException | None, random: float) -> float:
    """Return how long room is waited for: a little longer each time it was in vain."""
    return 0.5 + backoff_s(tries, failure, random)


_is_full = is_kind(FailureKind.FULL)
CREATION: RetryTable = (
    RetryRule(is_throttled, at_once),  # each try waits at the gate first
    RetryRule(_is_full, _room_s),
    RetryRule(is_kind(FailureKind.INACTIVE), up_to(ACTIVATIONS, at_once)),  # it is activated first
)
"""Which failures of one request to create are retried. Throttles and a full pool are waited for
`CAPACITY_PATIENCE_S` in all."""


@dataclass(slots=True, kw_only=True)
class Wanted:
    """A sandbox that was requested, and what is known of it."""

    name: str
    snapshot: str
    body: dict[str, Any]
    """The request, with the name in it."""
    may_exist: bool = False
    """Whether it has to be removed: true from before the request is sent."""
    is_known: bool = False
    """Whether the service itself said that it is there."""
    id: str | None = None
    """By which it has to be removed, where the service did not take the name."""


class Creation:
    """Creation of sandboxes, with retries; one for a whole provider, so that all share its waits.

    Args:
        service: Sends the requests.
        clock: Monotonic seconds.
        sleep: Waits for some seconds.
        random: A number in [0, 1).
    """

    def __init__(
        self,
        service: Service,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random: Callable[[], float] = random.random,
    ) -> None:
        self.gate = Gate(clock=clock, sleep=sleep, random=random)
        """Holds back everybody after one was throttled."""
        self.line = WaitingLine(sleep=sleep)
        """Those for whom there was no room; it wants to be told when a sandbox is gone."""
        self._service = service
        self._clock = clock
        self._sleep = sleep
        self._random = random
        self._activation = Activation(service, clock=clock, sleep=sleep, random=random)
        self._log = LogOnce(_logger)
        self._is_closed = False

    def close(self) -> None:
        """Send no request for a sandbox any more; whoever would, or waits to, is refused."""
        self._is_closed = True
        self.line.dissolve()

    async def started(self, wanted: Wanted) -> SandboxAnswer:
        """Return a sandbox that is started. Whoever calls removes it, also if this raises.

        There is no deadline here: whoever calls has a clock for it.

        Raises:
            ServiceFailure: The request failed; see its `kind` and `retryable`.
            ToolchainMissing: The snapshot cannot be activated.
            SandboxUnavailable: The sandbox reached a final state, or the wait budget is used up.
        """
        patience = _Patience(self._clock)
        sandbox = await self._create(wanted, patience)
        wanted.is_known = True
        wanted.id = None if sandbox.name == wanted.name else sandbox.id
        delays_s = chain(_FIRST_POLLS_S, repeat(_POLL_S))
        lost = 0
        while sandbox.state != "started":
            _refuse_ended(sandbox)
            await self._sleep(next(delays_s) * (0.8 + 0.4 * self._random()))
            try:
                seen = await self._service.get(sandbox.id)
            except ServiceFailure as failure:
                lost += 1
                await self._tolerate(failure, lost, patience)
            else:
                lost = 0
                # Where it is reached is said once, and need not be said again.
                sandbox = replace(seen, toolbox_url=seen.toolbox_url or sandbox.toolbox_url)
        return sandbox

    async def _create(self, wanted: Wanted, patience: _Patience) -> SandboxAnswer:
        seen = 0

        async def ask() -> SandboxAnswer:
            nonlocal seen
            await self._pass_gate(patience)
            seen = self._activation.seen(wanted.snapshot)
            return await self._send(wanted)

        async def make_way(_: int, failure: BaseException, wait_s: float) -> None:
            if is_throttled(failure):
                self._close_gate(failure)
            elif _is_full(failure):
                patience.allow(wait_s, failure)
                self._log.warn(NO_ROOM)
            else:
                await self._activation.ensure(wanted.snapshot, seen=seen)

        async def wait_for_room(wait_s: float) -> None:
            if wait_s:
                with patience.spent():
                    await self.line.wait(wait_s)

        return await retried(
            ask,
            RetryRun(CREATION),
            before_retry=make_way,
            random=self._random,
            sleep=wait_for_room,
        )

    async def _send(self, wanted: Wanted) -> SandboxAnswer:
        """Send the one request; if its answer is lost or says that it exists, look for it."""
        if self._is_closed:
            raise SandboxUnavailable("The Daytona provider is closed.")
        wanted.may_exist = True
        try:
            return await self._service.create(wanted.body, timeout_s=CREATE_READ_S)
        except ServiceFailure as failure:
            if failure.kind is FailureKind.START_FAILED:
                wanted.is_known = True
                raise
            if not failure.may_have_worked:
                wanted.may_exist = False
                raise
            return await self._find_created(wanted, failure)

    async def _find_created(self, wanted: Wanted, failure: ServiceFailure) -> SandboxAnswer:
        """Return the sandbox that a request made without our hearing of it.

        Raises:
            ServiceFailure: The request's own: it is not there, or nobody knows.
        """
        try:
            found = await self._service.get(wanted.name)
        except ServiceFailure as unknown:
            _logger.debug("Not found after a lost answer: %s", unknown)
            # The API itself says so: then a web page before it was an accident on the way.
            failure.retryable |= unknown.kind is FailureKind.NOT_FOUND
            raise failure from failure.__cause__
        if found.name != wanted.name:  # nobody can have guessed the name: something else is wrong
            raise failure from failure.__cause__
        _logger.info("A sandbox was created although the response was lost: %s", failure)
        return found

    def _close_gate(self, failure: ServiceFailure) -> None:
        self._log.warn(
            "Daytona's rate limit is exceeded: all snippets wait until requests are allowed again."
        )
        asked_s = WINDOW_S if failure.retry_after_s is None else failure.retry_after_s
        self.gate.close_for(max(asked_s, LEAST_THROTTLE_S))

    async def _pass_gate(self, patience: _Patience) -> None:
        with patience.spent():
            is_open = await self.gate.wait(patience.left_s)
        if not is_open:
            # In minutes: snippets that are refused for one reason are so with few texts.
            minutes = math.ceil(self.gate.left_s / 60)
            raise SandboxUnavailable(
                f"Daytona's rate limit blocks requests for {minutes} min more, and a snippet waits "
                f"{CAPACITY_PATIENCE_S:g} s at most; try again then, or lower DAYTONA_CONCURRENCY"
            )

    async def _tolerate(self, failure: ServiceFailure, lost: int, patience: _Patience) -> None:
        """Return if it is worth asking once more for a sandbox that is on its way.

        Raises:
            SandboxUnavailable: It is not.
        """
        if failure.kind is FailureKind.THROTTLED:
            self._close_gate(failure)
            await self._pass_gate(patience)
        elif failure.kind is FailureKind.NOT_FOUND:
            raise SandboxUnavailable(
                "The sandbox was deleted before it had started", retryable=True
            ) from failure
        elif failure.kind in (FailureKind.REFUSED, FailureKind.REJECTED) or lost >= LOST_POLLS:
            raise failure


class _Patience:
    """Wait budget of one attempt: how long it may still be throttled or wait for capacity."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.left_s = CAPACITY_PATIENCE_S
        self._clock = clock

    def allow(self, wait_s: float, failure: BaseException) -> None:
        """Allow for one wait more, after a failure.

        Raises:
            SandboxUnavailable: It would be too long; asking again at once is no use.
        """
        if wait_s > self.left_s:
            waited_s = CAPACITY_PATIENCE_S - self.left_s
            raise SandboxUnavailable(f"{failure} (waited {waited_s:.0f} s)") from failure

    @contextmanager
    def spent(self) -> Iterator[None]:
        """Take off what passes meanwhile."""
        began_s = self._clock()
        yield
        self.left_s -= self._clock() - began_s


def _refuse_ended(sandbox: SandboxAnswer) -> None:
    if sandbox.has_ended:
        why = f": {sandbox.error_reason}" if sandbox.error_reason else ""
        raise SandboxUnavailable(
            f"The sandbox reached the state {sandbox.state} instead of started{why}", retryable=True
        )

"""Getting a sandbox started, whatever the service answers.

A sandbox has a name of ours before it is asked for. So whatever becomes of the answer, we can
look whether it is there and take it, and whoever gives up can have it removed. One call here is
one attempt; trying again, with a new name, is the caller's. Waiting for others' sake (behind a
throttle, for room, for a snapshot that wakes up) is no attempt and off all clocks.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, repeat
from typing import Any

from daytona_validate._core.retry_policy import (
    RetryRule,
    RetryRun,
    RetryTable,
    at_once,
    up_to,
)
from daytona_validate._errors import SandboxUnavailable
from daytona_validate._providers.daytona.activation import Activation
from daytona_validate._providers.daytona.admission import Admission, Ticket
from daytona_validate._providers.daytona.retry_rules import is_kind
from daytona_validate._providers.daytona.wire.failures import FailureKind, ServiceFailure
from daytona_validate._providers.daytona.wire.parse import SandboxAnswer
from daytona_validate._providers.daytona.wire.service import CREATE_READ_S, Service
from daytona_validate._reason import Reason
from daytona_validate._runtime.retries import retried

_logger = logging.getLogger("daytona_validate")

LOST_POLLS = 5
"""Consecutive polls of a sandbox that may fail before it is given up."""
ACTIVATIONS = 2
_is_inactive = is_kind(FailureKind.INACTIVE)
_FIRST_POLLS_S = (0.0, 0.1, 0.15, 0.25, 0.4, 0.6)
"""The answer to a creation is mostly behind the facts: the first look comes at once."""
_POLL_S = 1.0
CREATION: RetryTable = (
    RetryRule(is_kind(FailureKind.THROTTLED, FailureKind.FULL), at_once),  # admission waits first
    RetryRule(_is_inactive, up_to(ACTIVATIONS, at_once)),  # it is activated first
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
        self.admission = Admission(service.refusal, clock=clock, sleep=sleep, random=random)
        """Says when the next request may be sent; it wants to be told when a sandbox is gone."""
        self._service = service
        self._sleep = sleep
        self._random = random
        self._activation = Activation(service, clock=clock, sleep=sleep, random=random)

    async def started(self, wanted: Wanted) -> SandboxAnswer:
        """Return a sandbox that is started. Whoever calls removes it, also if this raises.

        There is no deadline here: whoever calls has a clock for it.

        Raises:
            ServiceFailure: The request failed; see its `kind` and `retryable`.
            ToolchainMissing: The snapshot cannot be activated.
            SandboxUnavailable: The sandbox reached a final state, or the wait budget is used up.
        """
        ticket = self.admission.ticket(wanted.name, wanted.snapshot)
        sandbox = await self._create(wanted, ticket)
        wanted.is_known = True
        if sandbox.name != wanted.name:
            wanted.id = sandbox.id
            self.admission.renamed(wanted.name, sandbox.id)
        if sandbox.state == "started":
            return sandbox
        return await self._polled(sandbox, ticket)

    async def _polled(self, sandbox: SandboxAnswer, ticket: Ticket) -> SandboxAnswer:
        """Return a sandbox that is on its way once it is started."""
        delays_s = chain(_FIRST_POLLS_S, repeat(_POLL_S))
        lost = 0
        while sandbox.state != "started":
            _refuse_ended(sandbox)
            await self._sleep(next(delays_s) * (0.8 + 0.4 * self._random()))
            try:
                seen = await self._service.get(sandbox.id)
            except ServiceFailure as failure:
                lost += 1
                await self._tolerate(failure, lost, ticket)
            else:
                lost = 0
                # Where it is reached is said once, and need not be said again.
                sandbox = replace(seen, toolbox_url=seen.toolbox_url or sandbox.toolbox_url)
        return sandbox

    async def _create(self, wanted: Wanted, ticket: Ticket) -> SandboxAnswer:
        seen = 0

        async def ask() -> SandboxAnswer:
            nonlocal seen
            await self.admission.enter(ticket)
            seen = self._activation.seen(wanted.snapshot)
            return await self._told(wanted, ticket)

        async def wake_snapshot(_: int, failure: BaseException, _wait_s: float) -> None:
            if _is_inactive(failure):
                await self._activation.ensure(wanted.snapshot, seen=seen)

        return await retried(
            ask,
            RetryRun((RetryRule(partial(self.admission.waits_out, ticket), at_once), *CREATION)),
            operation="create",
            before_retry=wake_snapshot,
            random=self._random,
            sleep=_no_pause,
        )

    async def _told(self, wanted: Wanted, ticket: Ticket) -> SandboxAnswer:
        """Send the one request, and tell the admission what it came to."""
        try:
            sandbox = await self._send(wanted)
        except ServiceFailure as failure:
            self.admission.failed(ticket, failure)
            raise
        except BaseException:
            self.admission.given_up(ticket)
            raise
        self.admission.created(ticket, self._service.creations_left())
        return sandbox

    async def _send(self, wanted: Wanted) -> SandboxAnswer:
        """Send the one request; if its answer is lost or says that it exists, look for it."""
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

    async def _tolerate(self, failure: ServiceFailure, lost: int, ticket: Ticket) -> None:
        """Return if it is worth asking once more for a sandbox that is on its way.

        Raises:
            SandboxUnavailable: It is not.
        """
        if failure.kind is FailureKind.THROTTLED:
            self.admission.throttled(failure)
            await self.admission.pass_gate(ticket)
        elif failure.kind is FailureKind.NOT_FOUND:
            raise SandboxUnavailable(
                "The sandbox was deleted before it had started",
                reason=Reason.SETUP_FAILED,
                retryable=True,
            ) from failure
        elif failure.kind in (FailureKind.REFUSED, FailureKind.REJECTED) or lost >= LOST_POLLS:
            raise failure


async def _no_pause(_: float) -> None:
    """Wait for nothing: whoever asks again waits for its admission."""


def _refuse_ended(sandbox: SandboxAnswer) -> None:
    if sandbox.has_ended:
        why = f": {sandbox.error_reason}" if sandbox.error_reason else ""
        raise SandboxUnavailable(
            f"The sandbox reached the state {sandbox.state} instead of started{why}",
            reason=Reason.SETUP_FAILED,
            retryable=True,
        )

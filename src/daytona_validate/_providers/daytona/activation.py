"""Activation of a snapshot that the service deactivated, once for all who wait for it.

The service deactivates snapshots that were not used for two weeks; activating one takes a while.
Where another process is activating it, the service answers 400, and its end is waited for.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable

from daytona_validate._core.retry_policy import RetryRule, RetryRun, RetryTable, up_to
from daytona_validate._errors import SandboxUnavailable, ToolchainMissing
from daytona_validate._providers.daytona.retry_rules import as_asked, retryable_but
from daytona_validate._providers.daytona.wire.failures import FailureKind, ServiceFailure
from daytona_validate._providers.daytona.wire.parse import SnapshotAnswer
from daytona_validate._providers.daytona.wire.service import Service
from daytona_validate._reason import Reason
from daytona_validate._runtime.clocks import off_the_clocks
from daytona_validate._runtime.log_once import LogOnce
from daytona_validate._runtime.retries import retried
from daytona_validate._runtime.single_flight import SingleFlight

_logger = logging.getLogger("daytona_validate")

LONGEST_S = 660.0
"""Daytona activates no snapshot within ten minutes of its deactivation: ten minutes, as all waits
that count for no clock, and one for the activation itself."""
POLL_S = 1.0
DEACTIVATED_POLL_S = 10.0
"""While a snapshot that was deactivated a short while ago cannot be activated yet."""
DEACTIVATED_WORDS = (
    "The snapshot {} was deactivated a short while ago. Daytona activates it again ten minutes "
    "later at the earliest, and it is waited for."
)
FAILURES = 5
"""Failures in a row after which a request is given up."""
REQUESTS: RetryTable = (
    RetryRule(
        retryable_but(FailureKind.DEACTIVATED_RECENTLY, FailureKind.CONFLICT),
        up_to(FAILURES, as_asked(POLL_S, throttled_s=POLL_S)),
    ),
)
"""Which failures of one request are retried: many wait for its outcome."""
FAILURE_LASTS_S = 30.0
_HOPELESS = frozenset({"error", "build_failed", "removing"})


class Activation:
    """Activation of snapshots: a single flight for each.

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
        self._service = service
        self._clock = clock
        self._sleep = sleep
        self._random = random
        self._log = LogOnce(_logger)
        self._done: Counter[str] = Counter()
        self._once: SingleFlight[tuple[str, int], None] = SingleFlight(
            failures_last_s=FAILURE_LASTS_S, clock=clock
        )

    def seen(self, snapshot: str) -> int:
        """Return how often a snapshot was activated so far."""
        return self._done[snapshot]

    async def ensure(self, snapshot: str, *, seen: int) -> None:
        """Return when a snapshot is active again; waiting for that is off the clocks.

        Args:
            snapshot: Its name.
            seen: What `seen` said before the request that found it inactive: all who say the same
                share one activation, those who come when it is done included.

        Raises:
            ToolchainMissing: It is broken: it has to be built anew.
            SandboxUnavailable: It did not become active.
        """
        with off_the_clocks():
            await self._once.get((snapshot, seen), lambda: self._activate(snapshot))

    async def _activate(self, snapshot: str) -> None:
        _logger.info("The snapshot %s is not active: waiting until it is.", snapshot)
        try:
            await self._until_active(snapshot)
        except ServiceFailure as failure:
            raise SandboxUnavailable(
                str(failure), reason=failure.reason, retryable=failure.retryable
            ) from failure
        self._done[snapshot] += 1

    async def _until_active(self, snapshot: str) -> None:
        until_s = self._clock() + LONGEST_S
        found = await self._with_retries(lambda: self._service.snapshot(snapshot), until_s)
        is_asked = False
        while found.state != "active":
            _refuse_hopeless(snapshot, found)
            too_early = None
            if found.state == "inactive" and not is_asked:
                too_early = await self._ask(found, until_s)
                is_asked = too_early is None
            if self._clock() > until_s:
                why = f": {too_early}" if too_early else ""
                raise SandboxUnavailable(
                    f"The snapshot {snapshot} is still {found.state} after {LONGEST_S:g} s{why}",
                    reason=Reason.NO_SNAPSHOT,
                ) from too_early
            await self._sleep(DEACTIVATED_POLL_S if too_early else POLL_S)
            found = await self._with_retries(lambda: self._service.snapshot(snapshot), until_s)

    async def _ask(self, found: SnapshotAnswer, until_s: float) -> ServiceFailure | None:
        """Ask for a snapshot to be activated; return why that has to be asked for again."""
        try:
            await self._with_retries(lambda: self._service.activate_snapshot(found.id), until_s)
        except ServiceFailure as failure:
            if failure.kind is FailureKind.DEACTIVATED_RECENTLY:
                self._log.warn(DEACTIVATED_WORDS.format(found.name))
                return failure
            if failure.kind is not FailureKind.CONFLICT:  # somebody else was faster
                raise
        return None

    async def _with_retries(
        self, request: Callable[[], Awaitable[SnapshotAnswer]], until_s: float
    ) -> SnapshotAnswer:
        def allow(_tries: int, failure: BaseException, wait_s: float) -> None:
            if self._clock() + wait_s > until_s:  # nobody asks earlier than told
                raise SandboxUnavailable(
                    f"{failure} (the next try may come in {wait_s:.0f} s, and the activation of a "
                    f"snapshot is waited for {LONGEST_S:g} s at most)",
                    reason=Reason.NO_SNAPSHOT,
                ) from failure

        return await retried(
            request,
            RetryRun(REQUESTS),
            operation="activate",
            before_retry=allow,
            random=self._random,
            sleep=self._sleep,
        )


def _refuse_hopeless(snapshot: str, found: SnapshotAnswer) -> None:
    if found.state in _HOPELESS:
        why = f": {found.error_reason}" if found.error_reason else ""
        raise ToolchainMissing(
            f"The snapshot {snapshot} is in the state {found.state}{why}", reason=Reason.NO_SNAPSHOT
        )

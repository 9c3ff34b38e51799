"""Snapshots of ours at the service: built, listed and removed.

A build goes on at the service whatever becomes of us, so that the same call a second time only
waits for it. A snapshot whose build failed keeps its name, and is replaced by the next build.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from daytona_validate._core.retry_policy import RetryRule, RetryRun, RetryTable, up_to
from daytona_validate._errors import SandboxUnavailable
from daytona_validate._providers.daytona.activation import (
    DEACTIVATED_POLL_S,
    DEACTIVATED_WORDS,
    POLL_S,
)
from daytona_validate._providers.daytona.build_log import BuildLog
from daytona_validate._providers.daytona.images import Image, has_supervisor, language_of_snapshot
from daytona_validate._providers.daytona.retry_rules import (
    THROTTLE_S,
    as_asked,
    is_kind,
    retryable_but,
)
from daytona_validate._providers.daytona.wire.failures import FailureKind, ServiceFailure
from daytona_validate._providers.daytona.wire.parse import SnapshotAnswer
from daytona_validate._providers.daytona.wire.service import Service
from daytona_validate._reason import Reason
from daytona_validate._runtime.retries import retried

LONGEST_S = 3600.0
"""The service itself gives up after an hour."""
_WAIT = as_asked(POLL_S, throttled_s=THROTTLE_S)
BUILD_REQUESTS: RetryTable = (RetryRule(is_kind(FailureKind.THROTTLED), _WAIT),)
"""Which failures of a request to build are retried; no more, as others may have begun a build."""
MOST_FAILURES = 10
QUESTIONS: RetryTable = (
    RetryRule(retryable_but(FailureKind.NOT_FOUND), up_to(MOST_FAILURES - 1, _WAIT)),
)
"""The same of questions, which change nothing: a build is not lost to a restart."""
FAILED = frozenset({"error", "build_failed"})


class Done(StrEnum):
    """What it took to have a snapshot."""

    BUILT = "built"
    ACTIVATED = "activated"
    """It was there, and had been put to sleep."""
    THERE = "there"


def snapshot_body(image: Image, *, region: str | None = None) -> dict[str, Any]:
    """Return the JSON of `POST /snapshots`.

    Args:
        image: What is to be built.
        region: Where it is to be; None: where the organization's are by default.
    """
    body: dict[str, Any] = {
        "name": image.name,
        "buildInfo": {"dockerfileContent": image.dockerfile, "contextHashes": []},
        "cpu": image.resources.cpu,
        "memory": image.resources.memory_gib,
        "disk": image.resources.disk_gib,
    }
    return body if region is None else body | {"regionId": region}


async def build(
    service: Service,
    image: Image,
    on_log: Callable[[str], None] = lambda _: None,
    *,
    region: str | None = None,
    longest_s: float = LONGEST_S,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    random: Callable[[], float] = random.random,
) -> Done:
    """Have the snapshot of an image, built if there is none.

    Args:
        service: Sends the requests.
        image: What it is built from.
        on_log: Given what the build prints, in pieces of any length.
        region: Where it is to be; None: where the organization's are by default.
        longest_s: Seconds after which it is given up; the build goes on without us.
        sleep: Waits for some seconds.
        random: A number in [0, 1).

    Raises:
        SandboxUnavailable: It could not be built; the message has the service's own reason.
    """
    log = BuildLog(service, on_log, sleep=sleep)
    work = _Build(service, snapshot_body(image, region=region), log, on_log, sleep, random)
    try:
        async with asyncio.timeout(longest_s):
            return await work.until_active()
    except TimeoutError as error:
        raise SandboxUnavailable(
            f"The snapshot {image.name} is not ready after {longest_s / 60:.0f} minutes; "
            "its build goes on, and the same command again waits for it",
            reason=Reason.NO_SNAPSHOT,
        ) from error
    finally:
        await log.aclose()


async def listed(service: Service) -> tuple[SnapshotAnswer, ...]:
    """Return all snapshots of ours, by name.

    Raises:
        ServiceFailure: They cannot be listed.
    """
    found: dict[str, SnapshotAnswer] = {}
    page, pages = 1, 1
    while page <= pages:
        items, pages = await service.snapshots(page)
        found |= {each.name: each for each in items if language_of_snapshot(each.name)}
        page += 1
    return tuple(found[name] for name in sorted(found))


def lacks_supervisor(snapshot: SnapshotAnswer) -> bool:
    """Tell whether each run of a snapshot of ours has to bring the supervisor.

    Returns:
        False, too, where the service does not say what it was built from.
    """
    return snapshot.dockerfile is not None and not has_supervisor(snapshot.dockerfile)


async def remove(service: Service, snapshot: SnapshotAnswer) -> bool:
    """Have a snapshot removed, and return whether it was still there.

    Raises:
        ServiceFailure: It cannot be removed.
    """
    try:
        await service.delete_snapshot(snapshot.id)
    except ServiceFailure as failure:
        if failure.kind is not FailureKind.NOT_FOUND:
            raise
        return False
    return True


@dataclass(slots=True)
class _Build:
    """One snapshot on its way to being active."""

    service: Service
    body: dict[str, Any]
    log: BuildLog
    on_log: Callable[[str], None]
    sleep: Callable[[float], Awaitable[None]]
    random: Callable[[], float]
    is_new: bool = field(default=False, init=False)
    """Whether what is there was asked for by this very call."""
    activation_requested: bool = field(default=False, init=False)
    """Whether its activation was asked for, by this call or by another client."""
    deactivation_logged: bool = field(default=False, init=False)
    """Whether the log says that it was deactivated too short a while ago to be activated."""

    @property
    def name(self) -> str:
        return str(self.body["name"])

    async def until_active(self) -> Done:
        found = await self._request()
        if found.state == "active":
            return Done.BUILT if self.is_new else Done.THERE
        while found.state != "active":
            found = await self._next(found)
        await self.log.read_out()
        return Done.ACTIVATED if self.activation_requested else Done.BUILT

    async def _next(self, found: SnapshotAnswer) -> SnapshotAnswer:
        """Do what its state asks for, and return what is there a little later."""
        wait_s = POLL_S
        if found.state in FAILED:
            if self.is_new:
                await self._fail(found)
            wait_s = await self._remove(found)
        elif found.state == "inactive" and not self.activation_requested:
            wait_s = await self._wake(found)
        elif found.state != "removing":
            self.log.follow(found.id)
        await self.sleep(wait_s)
        return await self._look_up() or await self._request()

    async def _wake(self, found: SnapshotAnswer) -> float:
        """Ask for its activation; return the seconds to wait before anything else is asked."""
        try:
            await self.service.activate_snapshot(found.id)
        except ServiceFailure as failure:
            if not failure.retryable:
                raise
            # A conflict: somebody who was faster has asked for it.
            self.activation_requested = failure.kind is FailureKind.CONFLICT
            if failure.kind is FailureKind.DEACTIVATED_RECENTLY:
                self._log_deactivation()
                return DEACTIVATED_POLL_S
            return _WAIT(1, failure, self.random())
        self.activation_requested = True
        return POLL_S

    async def _remove(self, found: SnapshotAnswer) -> float:
        """Have a failed one removed; return the seconds to wait before anything else is asked."""
        try:
            await remove(self.service, found)
        except ServiceFailure as failure:
            if not failure.retryable:
                raise
            return _WAIT(1, failure, self.random())
        return POLL_S

    def _log_deactivation(self) -> None:
        if not self.deactivation_logged:
            self.on_log(DEACTIVATED_WORDS.format(self.name) + "\n")
        self.deactivation_logged = True

    async def _fail(self, found: SnapshotAnswer) -> None:
        await self.log.read_out()
        reason = found.error_reason or "the service does not say why"
        raise SandboxUnavailable(
            f"The snapshot {self.name} could not be built: {reason}", reason=Reason.NO_SNAPSHOT
        )

    async def _request(self) -> SnapshotAnswer:
        """Ask for it, and return what is there then."""
        try:
            answer = await retried(
                lambda: self.service.create_snapshot(self.body),
                RetryRun(BUILD_REQUESTS),
                random=self.random,
                sleep=self.sleep,
            )
        except ServiceFailure as failure:
            # What a lost answer would have said is asked for by name.
            is_known = failure.kind is FailureKind.CONFLICT
            found = await self._look_up() if is_known or failure.may_have_worked else None
            if found is None:
                raise
            self.is_new = self.is_new or not is_known
            return found
        self.is_new = True
        return answer

    async def _look_up(self) -> SnapshotAnswer | None:
        """Return what is there now, or None; what may pass is waited for."""
        try:
            return await retried(
                lambda: self.service.snapshot(self.name),
                RetryRun(QUESTIONS),
                random=self.random,
                sleep=self.sleep,
            )
        except ServiceFailure as failure:
            if failure.kind is not FailureKind.NOT_FOUND:
                raise
        return None

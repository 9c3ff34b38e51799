"""What the provider tells an observer: each sandbox made and removed, throttles, outages."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

import httpx

from daytona_validate import Event, EventKind, Outcome, Reason, SandboxSpec, Snippet
from daytona_validate._observe.watch import Watch
from daytona_validate._pipeline import Pipeline
from daytona_validate._providers.daytona.circuit import OPEN_AFTER_S, SUSPECT_AFTER, Circuits
from daytona_validate._providers.daytona.provider import DaytonaProvider
from daytona_validate._providers.daytona.removals import Removals
from daytona_validate._providers.daytona.wire.failures import FailureKind, ServiceFailure
from daytona_validate._runtime.limiter import Slots
from plain_settings import plain_settings

if TYPE_CHECKING:
    from tests.providers.daytona.provider.conftest import Cloud, FakeTime

PRINTS = Snippet(code="print(1)", language="python")


async def test_a_sandbox_is_deleted_in_the_background_and_told_then(
    cloud: Cloud, provider: DaytonaProvider
) -> None:
    events: list[Event] = []
    watch = Watch(events.append)
    result = await Pipeline(provider, Slots(1), plain_settings(), watch=watch).validate(PRINTS)
    await provider.aclose()
    watch.close()
    assert result.outcome is Outcome.PASSED
    told = [(e.kind, e.sandbox_id) for e in events if e.kind in ("created", "deleted")]
    assert told == [("created", result.sandbox_id), ("deleted", result.sandbox_id)]
    assert (watch.stats().created, watch.stats().deleted, watch.stats().sandboxes) == (1, 1, 0)


async def test_a_throttle_is_told_with_its_seconds_and_counts_as_a_retry(
    cloud: Cloud, provider: DaytonaProvider
) -> None:
    events: list[Event] = []
    watch = Watch(events.append)
    cloud.answers("POST /sandbox", httpx.Response(429, headers={"Retry-After": "7"}, json={}))
    result = await Pipeline(provider, Slots(1), plain_settings(), watch=watch).validate(PRINTS)
    watch.close()
    (throttled,) = [each for each in events if each.kind is EventKind.THROTTLED]
    (retried,) = [each for each in events if each.kind is EventKind.RETRIED]
    assert (throttled.seconds, watch.stats().throttled_s) == (7.0, 7.0)
    assert (retried.operation, retried.reason) == ("create", Reason.THROTTLED)
    assert (result.outcome, result.attempts, result.retries) == (Outcome.PASSED, 1, 1)


async def test_one_that_was_made_unheard_of_is_told_as_made_once_it_is_removed(
    cloud: Cloud, make: Callable[..., DaytonaProvider]
) -> None:
    watch, provider = Watch(), make()
    cloud.answers_after("POST /sandbox", httpx.ReadError("lost"))
    cloud.answers("GET /sandbox", httpx.Response(500, json={}))
    settings = plain_settings(create_attempts=1)
    result = await Pipeline(provider, Slots(1), settings, watch=watch).validate(PRINTS)
    await provider.aclose()
    stats = watch.stats()
    assert result.reason is Reason.UNREACHABLE
    assert (cloud.created, cloud.deleted) == (1, 1)
    assert (stats.created, stats.deleted, stats.unconfirmed) == (1, 1, 0)


async def test_one_that_cannot_be_removed_is_unconfirmed_and_certain(
    cloud: Cloud, provider: DaytonaProvider, time: FakeTime
) -> None:
    watch = Watch()
    cloud.answers("DELETE /sandbox", *[httpx.Response(403, json={})] * 99)
    await Pipeline(provider, Slots(1), plain_settings(), watch=watch).validate(PRINTS)
    await provider.aclose()
    stats = watch.stats()
    assert (stats.created, stats.deleted) == (1, 0)
    assert (stats.unconfirmed, stats.doubtful, stats.sandboxes) == (1, 0, 0)


async def test_one_that_turns_out_to_be_there_and_cannot_be_removed_was_made(
    cloud: Cloud, removals: Removals
) -> None:
    refused = httpx.Response(500, json={})
    cloud.answers("DELETE /sandbox", *[refused] * 99)
    cloud.answers("GET /sandbox", httpx.Response(200, json={"id": "1", "state": "started"}))
    events: list[Event] = []
    removals.told.watch = watch = Watch(events.append)
    removals.remove_soon("late", is_doubtful=True)
    await removals.aclose(10)
    watch.close()
    stats = watch.stats()
    assert [each.kind for each in events] == [EventKind.CREATED, EventKind.UNCONFIRMED]
    assert (stats.created, stats.unconfirmed, stats.doubtful, stats.sandboxes) == (1, 1, 0, 0)


async def test_one_that_is_removed_twice_is_deleted_once(
    cloud: Cloud, provider: DaytonaProvider
) -> None:
    """Closing removes what somebody still holds, who then removes it, too."""
    watch = Watch()
    spec = SandboxSpec(language="python", limits=plain_settings().limits())
    provider.report_to(watch)
    async with provider.open(spec):
        closing = asyncio.create_task(provider.aclose())
        await asyncio.sleep(0)
    await closing
    stats = watch.stats()
    assert (stats.created, stats.deleted, stats.sandboxes) == (1, 1, 0)


def test_a_circuit_changes_once_when_it_opens_and_once_when_it_closes() -> None:
    circuits, now_s = Circuits(), 0.0
    changes: list[bool | None] = []
    failure = ServiceFailure("away", kind=FailureKind.UNREACHABLE, retryable=True)
    while now_s < 2 * OPEN_AFTER_S or len(changes) < SUSPECT_AFTER:
        request = object()
        circuits.sent(request, "snapshot", now_s)
        circuits.failed(request, "snapshot", failure, now_s)
        changes.append(circuits.change())
        now_s += 1.0
    assert [each for each in changes if each is not None] == [True]
    circuits.answered("snapshot")
    assert (circuits.change(), circuits.change()) == (False, None)

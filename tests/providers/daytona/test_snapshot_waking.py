"""Building a snapshot that is there and asleep: it is woken, or others' waking it is waited for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import respx
from pydantic import SecretStr

from daytona_validate._providers.daytona.activation import DEACTIVATED_POLL_S
from daytona_validate._providers.daytona.snapshots import Done, build
from daytona_validate._providers.daytona.wire.failures import ServiceFailure
from daytona_validate._providers.daytona.wire.service import Service

from .snapshot_answers import API, IMAGE, answer, at_once, refusal, states, throttled


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    async with httpx.AsyncClient() as client:
        yield Service(API, SecretStr("dtn_canary"), client, request_timeout_s=30)


@pytest.fixture
def api() -> Iterator[respx.MockRouter]:
    """A service whose snapshot is there already."""
    with respx.mock(base_url=API, assert_all_called=False) as router:
        router.get("/snapshots/s1/build-logs-url").mock(return_value=refusal(404))
        router.post("/snapshots").mock(return_value=refusal(409))
        yield router


async def test_one_that_sleeps_is_activated_once(api: respx.MockRouter, service: Service) -> None:
    states(api, answer("inactive"), answer("inactive"), answer("pulling"), answer("active"))
    woken = api.post("/snapshots/s1/activate").mock(return_value=answer("pulling"))
    assert await build(service, IMAGE, sleep=at_once) is Done.ACTIVATED
    assert woken.call_count == 1


async def test_an_activation_that_is_refused_for_now_is_asked_for_again(
    api: respx.MockRouter, service: Service
) -> None:
    states(api, answer("inactive"), answer("inactive"), answer("active"))
    woken = api.post("/snapshots/s1/activate").mock(side_effect=[refusal(503), answer("pulling")])
    assert await build(service, IMAGE, sleep=at_once) is Done.ACTIVATED
    assert woken.call_count == 2


@pytest.mark.parametrize(("retry_after_s", "wait_s"), [(60, 75.0), (None, 12.5)])
async def test_a_throttled_activation_is_asked_for_again_when_the_service_says(
    api: respx.MockRouter, service: Service, retry_after_s: int | None, wait_s: float
) -> None:
    """Looking it up may not be throttled, and says nothing about when that may be."""
    states(api, answer("inactive"), answer("inactive"), answer("active"))
    woken = api.post("/snapshots/s1/activate").mock(
        side_effect=[throttled(retry_after_s), answer("pulling")]
    )
    slept_s: list[tuple[int, float]] = []

    async def sleep(seconds: float) -> None:
        slept_s.append((woken.call_count, seconds))

    assert await build(service, IMAGE, sleep=sleep, random=lambda: 1.0) is Done.ACTIVATED
    assert [seconds for sent, seconds in slept_s if sent == 1] == [wait_s]
    assert woken.call_count == 2


@pytest.mark.parametrize(
    "told",
    [
        refusal(400, "Snapshot s1 is already active"),
        refusal(400, "Snapshot s1 cannot be activated - it is in pending state"),
        refusal(409),
    ],
    ids=["is active", "is pending", "as 409"],
)
async def test_one_that_somebody_else_wakes_is_waited_for(
    api: respx.MockRouter, service: Service, told: httpx.Response
) -> None:
    states(api, answer("inactive"), answer("inactive"), answer("pulling"), answer("active"))
    woken = api.post("/snapshots/s1/activate").mock(return_value=told)
    assert await build(service, IMAGE, sleep=at_once) is Done.ACTIVATED
    assert woken.call_count == 1


async def test_one_that_was_put_to_sleep_just_now_is_woken_as_soon_as_may_be(
    api: respx.MockRouter, service: Service
) -> None:
    states(api, *[answer("inactive")] * 4, answer("active"))
    too_early = refusal(400, "Snapshot deactivation is still in progress. Please try again.")
    woken = api.post("/snapshots/s1/activate").mock(
        side_effect=[too_early, too_early, answer("pending")]
    )
    said: list[str] = []
    slept_s: list[float] = []

    async def sleep(seconds: float) -> None:
        slept_s.append(seconds)

    assert await build(service, IMAGE, said.append, sleep=sleep) is Done.ACTIVATED
    assert woken.call_count == 3
    assert ["ten minutes" in line for line in said].count(True) == 1
    assert slept_s.count(DEACTIVATED_POLL_S) == 2


async def test_one_that_may_not_be_woken_says_why(api: respx.MockRouter, service: Service) -> None:
    states(api, *[answer("inactive")] * 9)
    api.post("/snapshots/s1/activate").mock(return_value=refusal(403, "Snapshot quota exceeded"))
    with pytest.raises(ServiceFailure, match="quota exceeded"):
        await build(service, IMAGE, sleep=at_once)

"""One is told to wait, all wait; a full pool is waited for: no attempt, and off all clocks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from daytona_validate import SandboxSpec
from daytona_validate._errors import SandboxUnavailable
from daytona_validate._providers.daytona.admission import CAPACITY_PATIENCE_S
from daytona_validate._providers.daytona.provider import DaytonaProvider
from daytona_validate._runtime.clocks import Clock

if TYPE_CHECKING:
    from tests.providers.daytona.provider.conftest import Cloud, FakeTime

FULL = httpx.Response(400, json={"message": "Total CPU limit exceeded. Maximum allowed: 10."})
NO_RUNNER = httpx.Response(400, json={"message": "No available runners"})


def throttled(**headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(429, json={"message": "ThrottlerException"}, headers=named)


async def open_and_leave(provider: DaytonaProvider, spec: SandboxSpec) -> None:
    async with provider.open(spec):
        pass


@pytest.mark.parametrize(
    ("reply", "wait_s"),
    [
        (throttled(Retry_After="7"), 7),
        (throttled(Retry_After_sandbox_create="12"), 12),
        (throttled(X_RateLimit_Reset_sandbox_create="9"), 9),
        (throttled(), 60),
        (throttled(Retry_After="0"), 1),
        (throttled(Retry_After="Mon, 01 Jan 2024 00:00:00 GMT"), 1),
    ],
    ids=["plain", "of the throttler", "reset", "no word", "at once", "a date that is over"],
)
async def test_who_is_throttled_waits_as_long_as_it_is_told(
    cloud: Cloud,
    provider: DaytonaProvider,
    spec: SandboxSpec,
    time: FakeTime,
    *,
    reply: Any,
    wait_s: float,
) -> None:
    cloud.answers("POST /sandbox", reply)
    await open_and_leave(provider, spec)
    assert cloud.count("POST /sandbox") == 2
    assert time.slept_s == [pytest.approx(wait_s * 1.025)]
    assert {body["name"] for body in cloud.bodies} == {cloud.bodies[0]["name"]}


async def test_one_throttled_request_makes_all_others_wait(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, time: FakeTime
) -> None:
    cloud.answers("POST /sandbox", throttled(Retry_After="60"))
    began_s = time.now_s
    time.hold()
    calls = [asyncio.create_task(open_and_leave(provider, spec)) for _ in range(10)]
    await time.until_asleep(1)  # the first in the line, and nobody else
    for _ in range(20):
        await asyncio.sleep(0)
    assert cloud.count("POST /sandbox") == 1
    time.release()
    await asyncio.gather(*calls)
    assert cloud.count("POST /sandbox") == 11
    assert time.now_s >= began_s + 60


async def test_being_throttled_while_a_sandbox_starts_is_waited_for_too(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec
) -> None:
    cloud.states.append("creating")
    cloud.answers("GET /sandbox", *[throttled(Retry_After="1")] * 20)
    await open_and_leave(provider, spec)
    assert cloud.count("GET /sandbox") == 21
    assert cloud.count("POST /sandbox") == 1


async def test_being_throttled_for_too_long_while_a_sandbox_starts_is_its_end(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec
) -> None:
    cloud.states.append("creating")
    cloud.answers("GET /sandbox", throttled(Retry_After="3000"))
    with pytest.raises(SandboxUnavailable, match="for 50 min more"):
        await open_and_leave(provider, spec)
    await provider.aclose()
    assert (cloud.created, cloud.deleted) == (1, 1)


@pytest.mark.parametrize("reply", [FULL, NO_RUNNER], ids=["quota", "runners"])
async def test_a_full_pool_is_asked_again_after_a_growing_pause(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, time: FakeTime, reply: Any
) -> None:
    cloud.answers("POST /sandbox", *[reply] * 4)
    await open_and_leave(provider, spec)
    assert time.slept_s == pytest.approx([wait_s * 1.025 for wait_s in (0.25, 0.5, 1, 2)])
    assert cloud.count("POST /sandbox") == 5


async def test_a_removal_of_ours_lets_the_first_who_waits_try_at_once(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, time: FakeTime
) -> None:
    cloud.room = 1
    time.hold()  # its own pause does not end
    async with provider.open(spec):
        waiting = asyncio.create_task(open_and_leave(provider, spec))
        await time.until_asleep(1)
    await waiting
    await provider.aclose()
    assert (cloud.created, cloud.deleted) == (2, 2)
    assert cloud.count("POST /sandbox") == 3


async def test_waiting_is_bounded_and_then_not_tried_again(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, time: FakeTime
) -> None:
    cloud.answers("POST /sandbox", *[throttled(Retry_After="100")] * 99)
    with pytest.raises(SandboxUnavailable, match="for 2 min more") as caught:
        await open_and_leave(provider, spec)
    assert not caught.value.retryable
    assert 400 < sum(time.slept_s) <= CAPACITY_PATIENCE_S


async def test_room_is_waited_for_no_longer_than_all_other_waits(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, time: FakeTime
) -> None:
    cloud.room = 0
    with pytest.raises(SandboxUnavailable, match=r"no capacity .* \(waited \d+ s\)") as caught:
        await open_and_leave(provider, spec)
    assert not caught.value.retryable
    assert CAPACITY_PATIENCE_S - 31 < sum(time.slept_s) <= CAPACITY_PATIENCE_S
    assert cloud.deleted == 0


async def test_who_would_wait_too_long_for_others_asks_for_nothing(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, time: FakeTime
) -> None:
    gate = provider._sandboxes._creation.admission.gate  # type: ignore[union-attr]
    gate.close_for(10_000)
    with pytest.raises(SandboxUnavailable, match="for 167 min more, and a snippet waits 600 s"):
        await open_and_leave(provider, spec)
    assert (cloud.asked, time.slept_s) == ([], [])


async def test_who_would_have_to_wait_too_long_does_not_begin_to(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, time: FakeTime
) -> None:
    cloud.answers("POST /sandbox", throttled(Retry_After="3000"))
    for _ in range(3):  # and those after it do not ask either
        with pytest.raises(SandboxUnavailable, match="for 50 min more"):
            await open_and_leave(provider, spec)
    assert (cloud.asked, time.slept_s) == (["POST /sandbox"], [])
    time.now_s += 3000
    await open_and_leave(provider, spec)
    assert cloud.created == 1


@pytest.mark.virtual_time
async def test_it_is_off_all_clocks(
    cloud: Cloud, make: Callable[..., DaytonaProvider], spec: SandboxSpec
) -> None:
    cloud.answers("POST /sandbox", throttled(Retry_After="8"), FULL)
    provider = make(clock=asyncio.get_running_loop().time, sleep=asyncio.sleep)
    async with Clock() as clock:
        await open_and_leave(provider, spec)
    assert clock.off_s == pytest.approx(8.2 + 0.25625)


async def test_what_is_waited_for_is_said_once(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, caplog: Any
) -> None:
    cloud.answers("POST /sandbox", *[FULL, throttled(Retry_After="1")] * 5)
    with caplog.at_level(logging.INFO, "daytona_validate"):
        await open_and_leave(provider, spec)
    full, slow = [record.getMessage() for record in caplog.records]
    assert "no capacity" in full
    assert "`daytona-validate sweep`" in full
    assert "rate limit" in slow


async def test_who_waits_for_room_when_the_provider_closes_is_refused_at_once(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, time: FakeTime
) -> None:
    cloud.room = 0
    time.hold()  # its own pause does not end
    call = asyncio.create_task(open_and_leave(provider, spec))
    await time.until_asleep(1)
    await provider.aclose()
    with pytest.raises(SandboxUnavailable, match="is closed"):
        await call
    assert cloud.asked == ["POST /sandbox"]


async def test_who_is_called_off_while_waiting_has_nothing_to_remove(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, time: FakeTime
) -> None:
    cloud.room = 0
    time.hold()
    call = asyncio.create_task(open_and_leave(provider, spec))
    await time.until_asleep(1)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await provider.aclose()
    assert cloud.asked == ["POST /sandbox"]

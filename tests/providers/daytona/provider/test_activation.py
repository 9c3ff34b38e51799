"""A snapshot that was put to sleep is woken once for all who wait for it."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from daytona_validate import SandboxSpec
from daytona_validate._errors import SandboxUnavailable, ToolchainMissing
from daytona_validate._providers.daytona.activation import DEACTIVATED_POLL_S, LONGEST_S
from daytona_validate._providers.daytona.provider import DaytonaProvider
from daytona_validate._runtime.clocks import Clock

if TYPE_CHECKING:
    from tests.providers.daytona.provider.conftest import Cloud, FakeTime


def shown(name: str, state: str) -> httpx.Response:
    return httpx.Response(200, json={"id": f"id-{name}", "name": name, "state": state})


async def open_and_leave(provider: DaytonaProvider, spec: SandboxSpec) -> None:
    async with provider.open(spec):
        pass


@pytest.fixture
async def asleep(cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec) -> str:
    """Name of a snapshot that is inactive."""
    await open_and_leave(provider, spec)
    await provider._sandboxes.removals.aclose(10)  # type: ignore[union-attr]
    name: str = cloud.bodies.pop()["snapshot"]
    cloud.snapshots[name] = "inactive"
    cloud.asked.clear()
    return name


async def test_it_is_activated_and_the_request_repeated(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, asleep: str
) -> None:
    await open_and_leave(provider, spec)
    await provider.aclose()
    look = "GET /snapshots"
    assert cloud.asked == [
        *("POST /sandbox", look, "POST /snapshots", look, "POST /sandbox", "DELETE /sandbox")
    ]
    assert len({body["name"] for body in cloud.bodies}) == 1


async def test_once_for_all_who_wait(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, asleep: str
) -> None:
    gate = cloud.holds("GET /snapshots")
    calls = [asyncio.create_task(open_and_leave(provider, spec)) for _ in range(10)]
    await cloud.until(lambda c: c.count("POST /sandbox") == 10)
    gate.set()
    await asyncio.gather(*calls)
    assert cloud.count("POST /snapshots") == 1
    assert cloud.count("POST /sandbox") == 20


async def test_put_to_sleep_again_it_is_woken_again(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, asleep: str
) -> None:
    await open_and_leave(provider, spec)
    cloud.snapshots[asleep] = "inactive"
    await open_and_leave(provider, spec)
    assert cloud.count("POST /snapshots") == 2


async def test_one_of_them_called_off_takes_nothing_from_the_others(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, asleep: str
) -> None:
    gate = cloud.holds("GET /snapshots")
    first, second = (asyncio.create_task(open_and_leave(provider, spec)) for _ in range(2))
    await cloud.until(lambda c: c.count("GET /snapshots") == 1)
    first.cancel()
    gate.set()
    await second
    with pytest.raises(asyncio.CancelledError):
        await first
    assert cloud.created == 1 + 1


@pytest.mark.virtual_time
async def test_one_that_is_on_its_way_is_waited_for_off_the_clocks(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, asleep: str
) -> None:
    cloud.snapshots[asleep] = "pulling"

    async def comes_up(received: httpx.Request) -> httpx.Response:
        await asyncio.sleep(20)
        cloud.snapshots[asleep] = "active"
        return await cloud.done(received)

    cloud.answers("GET /snapshots", comes_up)
    async with Clock() as clock:
        await open_and_leave(provider, spec)
    assert clock.off_s >= 20
    assert cloud.count("POST /snapshots") == 0


@pytest.mark.parametrize(
    "busy",
    [
        httpx.Response(400, json={"message": "Snapshot x is already active"}),
        httpx.Response(400, json={"message": "x cannot be activated - it is in pending state"}),
        httpx.Response(409, json={"message": "Snapshot is already active"}),
    ],
    ids=["is active", "is pending", "as 409"],
)
async def test_somebody_else_may_be_faster(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, asleep: str, busy: httpx.Response
) -> None:
    cloud.answers_after("POST /snapshots", busy)
    await open_and_leave(provider, spec)
    assert cloud.count("POST /snapshots") == 1


async def test_who_is_faster_may_need_a_while(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, asleep: str
) -> None:
    """A look between two of their steps shows it asleep: it is not asked for again."""

    async def taken(received: httpx.Request) -> httpx.Response:
        said = httpx.Response(400, json={"message": "cannot be activated - it is in pending state"})
        cloud.answers("GET /snapshots", shown(asleep, "inactive"), shown(asleep, "pulling"), last)
        return said

    async def last(received: httpx.Request) -> httpx.Response:
        cloud.snapshots[asleep] = "active"
        return await cloud.done(received)

    cloud.answers("POST /snapshots", taken)
    await open_and_leave(provider, spec)
    assert cloud.count("POST /snapshots") == 1


TOO_EARLY = httpx.Response(
    400,
    json={"message": "Snapshot deactivation is still in progress. Please try again in a few min"},
)


async def test_one_that_was_put_to_sleep_just_now_is_woken_as_soon_as_may_be(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, asleep: str, time: FakeTime
) -> None:
    cloud.answers("POST /snapshots", *[TOO_EARLY] * 59)
    began_s = time.now_s
    calls = [asyncio.create_task(open_and_leave(provider, spec)) for _ in range(3)]
    await asyncio.gather(*calls)
    assert time.now_s - began_s >= 59 * DEACTIVATED_POLL_S
    assert cloud.count("POST /snapshots") == 60


async def test_that_it_may_not_be_woken_yet_is_said_once(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, asleep: str, caplog: Any
) -> None:
    cloud.answers("POST /snapshots", *[TOO_EARLY] * 5)
    await open_and_leave(provider, spec)
    (record,) = [each for each in caplog.records if each.levelno >= logging.WARNING]
    assert "ten minutes" in record.getMessage()


@pytest.mark.parametrize("request_kind", ["GET /snapshots", "POST /snapshots"])
async def test_what_may_pass_is_borne_while_many_wait(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, asleep: str, request_kind: str
) -> None:
    throttled = httpx.Response(429, headers={"Retry-After": "7"})
    cloud.answers(request_kind, httpx.Response(502), throttled, httpx.ReadError("reset"))
    await open_and_leave(provider, spec)
    assert cloud.count("POST /sandbox") == 2


async def test_a_wait_that_the_service_asks_for_is_waited_whole(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, asleep: str, time: FakeTime
) -> None:
    cloud.answers("POST /snapshots", httpx.Response(429, headers={"Retry-After": "300"}))
    await open_and_leave(provider, spec)
    assert max(time.slept_s) >= 300


@pytest.mark.parametrize("request_kind", ["GET /snapshots", "POST /snapshots"])
async def test_who_would_have_to_wait_for_too_long_is_refused_at_once(
    cloud: Cloud,
    provider: DaytonaProvider,
    spec: SandboxSpec,
    asleep: str,
    *,
    time: FakeTime,
    request_kind: str,
) -> None:
    """Nobody asks the service earlier than it said, the next snippet included."""
    cloud.answers(request_kind, httpx.Response(429, headers={"Retry-After": "3000"}))
    for _ in range(2):
        with pytest.raises(SandboxUnavailable, match=r"next try may come in 3\d{3} s") as caught:
            await open_and_leave(provider, spec)
        assert not caught.value.retryable
    assert cloud.count(request_kind) == 1
    assert sum(time.slept_s) < 10


async def test_a_service_that_goes_on_failing_is_given_up(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, asleep: str, time: FakeTime
) -> None:
    cloud.answers("POST /snapshots", *[httpx.Response(503)] * 99)
    with pytest.raises(SandboxUnavailable, match="503") as caught:
        await open_and_leave(provider, spec)
    assert caught.value.retryable
    assert sum(time.slept_s) < 10


@pytest.mark.virtual_time
async def test_waiting_until_it_may_be_woken_is_off_the_clocks(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, asleep: str
) -> None:
    async def too_early(received: httpx.Request) -> httpx.Response:
        await asyncio.sleep(20)
        return TOO_EARLY

    cloud.answers("POST /snapshots", too_early)
    async with Clock() as clock:
        await open_and_leave(provider, spec)
    assert clock.off_s >= 20


async def test_one_that_may_never_be_woken_is_given_up_and_says_why(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, asleep: str, time: FakeTime
) -> None:
    cloud.answers("POST /snapshots", *[TOO_EARLY] * 999)
    with pytest.raises(
        SandboxUnavailable, match=r"still inactive after 660 s.*ten minutes"
    ) as told:
        await open_and_leave(provider, spec)
    assert not isinstance(told.value, ToolchainMissing)
    assert cloud.count("POST /snapshots") <= LONGEST_S / DEACTIVATED_POLL_S + 2


@pytest.mark.parametrize("state", ["error", "build_failed"])
async def test_a_broken_one_is_a_missing_toolchain(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, asleep: str, state: str
) -> None:
    broken = {"id": "x", "state": state, "errorReason": "exec format error"}
    cloud.answers("GET /snapshots", httpx.Response(200, json=broken))
    with pytest.raises(ToolchainMissing, match=f"{state}: exec format error"):
        await open_and_leave(provider, spec)


async def test_one_that_never_comes_up_is_given_up(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, asleep: str, time: FakeTime
) -> None:
    cloud.snapshots[asleep] = "pulling"
    with pytest.raises(SandboxUnavailable, match="still pulling after 660 s"):
        await open_and_leave(provider, spec)
    assert LONGEST_S <= sum(time.slept_s) < LONGEST_S + 5


async def test_one_that_cannot_be_activated_says_why(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, asleep: str
) -> None:
    cloud.answers("POST /snapshots", httpx.Response(403, json={"message": "no permission"}))
    with pytest.raises(SandboxUnavailable, match="no permission"):
        await open_and_leave(provider, spec)


async def test_a_service_that_says_inactive_for_ever_is_not_asked_for_ever(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, asleep: str
) -> None:
    inactive = httpx.Response(400, json={"message": f"Snapshot {asleep} is inactive"})
    cloud.answers("POST /sandbox", *[inactive] * 9)
    with pytest.raises(SandboxUnavailable, match="not active"):
        await open_and_leave(provider, spec)
    assert cloud.count("POST /sandbox") == 3

"""Whatever becomes of a request for a sandbox or of its answer, nothing leaks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from daytona_validate import SandboxSpec
from daytona_validate._errors import SandboxUnavailable
from daytona_validate._providers.daytona.provider import DaytonaProvider
from daytona_validate._providers.daytona.removal_steps import DOUBT_DELAYS_S

if TYPE_CHECKING:
    from tests.providers.daytona.provider.conftest import Cloud, FakeTime


def said(status: int, message: str) -> httpx.Response:
    return httpx.Response(status, json={"statusCode": status, "message": message})


HTML = httpx.Response(200, html="<html>dashboard</html>")
LOST: dict[str, httpx.Response | Exception] = {
    "read error": httpx.ReadError("reset"),
    "cut off": httpx.RemoteProtocolError("peer closed"),
    "no answer in time": httpx.ReadTimeout("50 s"),
    "half sent": httpx.WriteError("broken pipe"),
    "500": said(500, "An unexpected error occurred."),
    "502 without a body": httpx.Response(502),
    "504": httpx.Response(504, html="<html>gateway</html>"),
    "409": said(409, "Sandbox with name X already exists"),
    "half of the JSON": httpx.Response(200, text='{"id": "id-1", "na'),
    "no id": httpx.Response(200, json={}),
    "a web page": HTML,
}
lost = pytest.mark.parametrize("reply", LOST.values(), ids=LOST)


async def many_turns_of_the_loop() -> None:
    """Let everything happen that waits for nothing."""
    for _ in range(100):
        await asyncio.sleep(0)


async def open_and_leave(provider: DaytonaProvider, spec: SandboxSpec) -> None:
    async with provider.open(spec):
        pass


@lost
async def test_a_sandbox_that_is_there_although_the_answer_is_lost_is_taken(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, reply: Any
) -> None:
    cloud.answers_after("POST /sandbox", reply)
    await open_and_leave(provider, spec)
    await provider.aclose()
    assert cloud.asked == ["POST /sandbox", "GET /sandbox", "DELETE /sandbox"]
    assert (cloud.created, cloud.deleted) == (1, 1)


@lost
async def test_one_that_is_not_there_is_an_error_of_the_request_and_looked_for_again(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, reply: Any, time: FakeTime
) -> None:
    cloud.answers("POST /sandbox", reply)
    with pytest.raises(SandboxUnavailable):
        await open_and_leave(provider, spec)
    await provider.aclose()
    assert cloud.count("GET /sandbox") == 1
    assert cloud.count("DELETE /sandbox") == 1 + len(DOUBT_DELAYS_S)
    removals = provider.removals
    assert removals is not None
    assert (removals.removed, removals.left) == (0, 0)


@lost
async def test_one_that_comes_to_be_after_it_was_looked_for_is_removed(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, reply: Any
) -> None:
    """The request was on its way, or at work in the service, when we gave it up."""

    async def gives_up(received: httpx.Request) -> httpx.Response:
        late.append(received)
        if isinstance(reply, Exception):
            raise reply
        return httpx.Response(reply.status_code, content=reply.content, headers=reply.headers)

    async def comes_to_be(received: httpx.Request) -> httpx.Response:
        await cloud.done(late[0])
        return said(404, "not found")

    late: list[httpx.Request] = []
    cloud.answers("POST /sandbox", gives_up)
    cloud.answers("DELETE /sandbox", comes_to_be)
    with pytest.raises(SandboxUnavailable):
        await open_and_leave(provider, spec)
    await provider.aclose()
    assert (cloud.created, cloud.deleted) == (1, 1)
    assert not cloud.alive


async def test_one_that_is_somebody_elses_is_never_taken(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec
) -> None:
    cloud.answers("POST /sandbox", said(500, ""))
    cloud.answers("GET /sandbox", httpx.Response(200, json={"id": "x", "name": "other"}))
    with pytest.raises(SandboxUnavailable, match="500"):
        await open_and_leave(provider, spec)
    await provider.aclose()
    assert (cloud.count("execute"), cloud.created) == (0, 0)


async def test_one_of_a_server_that_takes_no_names_is_removed_by_its_id(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec
) -> None:
    """An old one calls it by its id, and knows nothing by the name that was asked for."""

    async def nameless(received: httpx.Request) -> httpx.Response:
        created: dict[str, Any] = (await cloud.done(received)).json()
        cloud.alive = {"id-1": created | {"name": "id-1"}}
        return httpx.Response(200, json=cloud.alive["id-1"])

    cloud.answers("POST /sandbox", nameless)
    await open_and_leave(provider, spec)
    await provider.aclose()
    assert (cloud.created, cloud.deleted) == (1, 1)


async def test_one_that_failed_to_start_is_removed_by_its_name(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec
) -> None:
    """The service says 400, gives no id, and keeps what it made."""
    cloud.answers_after("POST /sandbox", said(400, "Sandbox failed to start: no space"))
    with pytest.raises(SandboxUnavailable, match="no space") as caught:
        await open_and_leave(provider, spec)
    assert caught.value.retryable
    await provider.aclose()
    assert cloud.asked == ["POST /sandbox", "DELETE /sandbox"]
    assert not cloud.alive


REJECTED: dict[str, Any] = {
    "no connection": httpx.ConnectError("refused"),
    "400": said(400, "Cannot specify Sandbox resources when using a snapshot"),
    "401": said(401, "Unauthorized"),
    "403": said(403, "Organization is suspended"),
    "network fixed": said(400, "Network access is restricted and cannot be overridden"),
    "no snapshot": said(400, "Snapshot X not found"),
}


@pytest.mark.parametrize("reply", REJECTED.values(), ids=REJECTED)
async def test_what_was_clearly_not_made_is_not_removed(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, reply: Any
) -> None:
    cloud.answers("POST /sandbox", reply)
    with pytest.raises(SandboxUnavailable):
        await open_and_leave(provider, spec)
    await provider.aclose()
    assert cloud.asked == ["POST /sandbox"]


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("is_made", [True, False], ids=["made", "not made"])
async def test_a_cancellation_during_the_request_leaks_nothing(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, times: int, is_made: bool
) -> None:
    async def hangs(received: httpx.Request) -> httpx.Response:
        if is_made:
            await cloud.done(received)
        await asyncio.Event().wait()
        raise AssertionError

    cloud.answers("POST /sandbox", hangs)
    call = asyncio.create_task(open_and_leave(provider, spec))
    await cloud.until(lambda c: c.count("POST /sandbox") == 1)
    for _ in range(times):
        call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await provider.aclose()
    assert cloud.created == cloud.deleted == int(is_made)
    assert cloud.count("POST /sandbox") == 1


@pytest.mark.parametrize("at", ["GET /sandbox", "held"])
async def test_a_cancellation_later_leaks_nothing(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, at: str
) -> None:
    is_held = asyncio.Event()

    async def hold() -> None:
        async with provider.open(spec):
            is_held.set()
            await asyncio.Event().wait()

    if at == "held":
        reached: Awaitable[object] = is_held.wait()
    else:
        cloud.states.append("creating")
        cloud.holds(at)
        reached = cloud.until(lambda c: c.count(at) == 1)
    call = asyncio.create_task(hold())
    await reached
    call.cancel()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await provider.aclose()
    assert (cloud.created, cloud.deleted) == (1, 1)


async def test_a_caller_cancelled_again_and_again_cannot_lose_the_removal(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec
) -> None:
    gate = cloud.holds("DELETE /sandbox")
    await open_and_leave(provider, spec)
    closing = asyncio.create_task(provider.aclose())
    await cloud.until(lambda c: c.count("DELETE /sandbox") == 1)
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()  # as the end of an event loop does
    with pytest.raises(asyncio.CancelledError):
        await closing
    gate.set()
    await provider.aclose()
    assert (cloud.created, cloud.deleted) == (1, 1)


async def test_closing_removes_what_somebody_still_holds(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec
) -> None:
    is_held, may_leave = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with provider.open(spec):
            is_held.set()
            await may_leave.wait()

    call = asyncio.create_task(hold())
    await is_held.wait()
    closing = asyncio.create_task(provider.aclose())
    await cloud.until(lambda c: c.deleted == 1)
    await many_turns_of_the_loop()
    assert not closing.done()
    may_leave.set()
    await closing
    await call
    assert not cloud.alive


async def test_closing_waits_for_a_request_in_flight_and_removes_what_came_of_it(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec
) -> None:
    gate = cloud.holds("POST /sandbox")
    call = asyncio.create_task(open_and_leave(provider, spec))
    await cloud.until(lambda c: c.count("POST /sandbox") == 1)
    closing = asyncio.create_task(provider.aclose())
    await cloud.until(lambda c: c.count("DELETE /sandbox") == 1 + len(DOUBT_DELAYS_S))
    await many_turns_of_the_loop()
    gate.set()
    await closing
    await call
    assert (cloud.created, cloud.deleted) == (1, 1)


async def test_who_waits_for_room_while_it_is_closed_asks_no_more(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, time: FakeTime
) -> None:
    """Closing removes what stands in its way, and so would give it its turn."""
    cloud.room = 1
    time.hold()
    may_leave = asyncio.Event()

    async def hold() -> None:
        async with provider.open(spec):
            await may_leave.wait()

    holding = asyncio.create_task(hold())
    waiting = asyncio.create_task(open_and_leave(provider, spec))
    await time.until_asleep(1)
    closing = asyncio.create_task(provider.aclose())
    with pytest.raises(SandboxUnavailable, match="provider is closed"):
        await waiting
    may_leave.set()
    await asyncio.gather(holding, closing)
    assert cloud.count("POST /sandbox") == 2


async def test_a_closed_provider_sends_nothing(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec
) -> None:
    await provider.aclose()
    with pytest.raises(SandboxUnavailable, match="closed"):
        await open_and_leave(provider, spec)
    assert cloud.asked == []

"""Building, listing and removing snapshots, against answers as the service gives them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import respx
from pydantic import SecretStr

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._providers.daytona.snapshots import Done, build, listed, remove
from daytona_validate._providers.daytona.wire.failures import ServiceFailure
from daytona_validate._providers.daytona.wire.parse import SnapshotAnswer
from daytona_validate._providers.daytona.wire.service import Service

from .snapshot_answers import API, IMAGE, NAME, answer, at_once, refusal, states, throttled


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    async with httpx.AsyncClient() as client:
        yield Service(API, SecretStr("dtn_canary"), client, request_timeout_s=30)


@pytest.fixture
def api() -> Iterator[respx.MockRouter]:
    with respx.mock(base_url=API, assert_all_called=False) as router:
        router.get("/snapshots/s1/build-logs-url", name="log").mock(return_value=refusal(404))
        yield router


async def test_what_is_asked_for_is_the_dockerfile_and_the_resources(
    api: respx.MockRouter, service: Service
) -> None:
    asked = api.post("/snapshots").mock(return_value=answer("active"))
    assert await build(service, IMAGE, region="eu", sleep=at_once) is Done.BUILT
    assert json.loads(asked.calls.last.request.content) == {
        "name": NAME,
        "buildInfo": {"dockerfileContent": "FROM golang:1.21\n", "contextHashes": []},
        "cpu": 2,
        "memory": 1,
        "disk": 3,
        "regionId": "eu",
    }


async def test_a_build_is_waited_for(api: respx.MockRouter, service: Service) -> None:
    api.post("/snapshots").mock(return_value=answer("pending"))
    seen = states(api, answer("building"), answer("never heard of"), answer("active"))
    assert await build(service, IMAGE, sleep=at_once) is Done.BUILT
    assert seen.call_count == 3


async def test_one_that_is_there_is_not_built_again(
    api: respx.MockRouter, service: Service
) -> None:
    asked = api.post("/snapshots").mock(return_value=refusal(409, "already exists"))
    states(api, answer("active"))
    assert await build(service, IMAGE, sleep=at_once) is Done.THERE
    assert asked.call_count == 1


async def test_a_build_that_fails_says_why(api: respx.MockRouter, service: Service) -> None:
    api.post("/snapshots").mock(return_value=answer("building"))
    states(api, answer("build_failed", errorReason="no matching distribution"))
    with pytest.raises(SandboxUnavailable, match=f"{NAME} could not be built: no matching dist"):
        await build(service, IMAGE, sleep=at_once)


async def test_one_that_failed_earlier_is_replaced(api: respx.MockRouter, service: Service) -> None:
    """Its name is taken as long as it is there."""
    asked = api.post("/snapshots").mock(side_effect=[refusal(409), answer("pending")])
    states(api, answer("error"), answer("removing"), refusal(404), answer("active"))
    removed = api.delete("/snapshots/s1").mock(return_value=httpx.Response(200))
    assert await build(service, IMAGE, sleep=at_once) is Done.BUILT
    assert (asked.call_count, removed.call_count) == (2, 1)


@pytest.mark.parametrize("lost", [httpx.ReadError("cut off"), refusal(502)])
async def test_a_lost_answer_is_asked_for_by_name(
    api: respx.MockRouter, service: Service, lost: httpx.Response | Exception
) -> None:
    asked = api.post("/snapshots").mock(side_effect=[lost])
    states(api, answer("building"), answer("active"))
    assert await build(service, IMAGE, sleep=at_once) is Done.BUILT
    assert asked.call_count == 1


async def test_a_lost_request_is_the_failure_that_it_was(
    api: respx.MockRouter, service: Service
) -> None:
    api.post("/snapshots").mock(side_effect=httpx.ReadError("cut off"))
    states(api, refusal(404))
    with pytest.raises(ServiceFailure) as raised:
        await build(service, IMAGE, sleep=at_once)
    assert "canary" not in str(raised.value)


async def test_a_refused_key_is_asked_with_once(api: respx.MockRouter, service: Service) -> None:
    asked = api.post("/snapshots").mock(return_value=refusal(403, "missing permission"))
    with pytest.raises(ServiceFailure, match="missing permission"):
        await build(service, IMAGE, sleep=at_once)
    assert asked.call_count == 1


async def test_a_throttled_request_is_sent_again_when_the_service_says(
    api: respx.MockRouter, service: Service
) -> None:
    waited: list[float] = []

    async def wait(seconds: float) -> None:
        waited.append(seconds)

    api.post("/snapshots").mock(side_effect=[throttled(7), throttled(7), answer("active")])
    assert await build(service, IMAGE, sleep=wait, random=lambda: 1.0) is Done.BUILT
    assert waited == [8.75, 8.75]  # up to a quarter later, not all clients at one moment


@pytest.mark.parametrize(("retry_after_s", "wait_s"), [(60, 75.0), (None, 12.5)])
async def test_a_throttled_removal_is_sent_again_when_the_service_says(
    api: respx.MockRouter, service: Service, retry_after_s: int | None, wait_s: float
) -> None:
    """Looking it up may not be throttled, and says nothing about when that may be."""
    api.post("/snapshots").mock(side_effect=[refusal(409), answer("pending")])
    states(api, answer("error"), answer("error"), refusal(404), answer("active"))
    removed = api.delete("/snapshots/s1").mock(
        side_effect=[throttled(retry_after_s), httpx.Response(200)]
    )
    slept_s: list[tuple[int, float]] = []

    async def sleep(seconds: float) -> None:
        slept_s.append((removed.call_count, seconds))

    assert await build(service, IMAGE, sleep=sleep, random=lambda: 1.0) is Done.BUILT
    assert [seconds for sent, seconds in slept_s if sent == 1] == [wait_s]
    assert removed.call_count == 2


async def test_a_server_that_fails_for_a_while_does_not_lose_the_build(
    api: respx.MockRouter, service: Service
) -> None:
    waited: list[float] = []

    async def wait(seconds: float) -> None:
        waited.append(seconds)

    api.post("/snapshots").mock(return_value=answer("building"))
    states(api, refusal(502), throttled(7), httpx.ConnectError("gone"), answer("active"))
    assert await build(service, IMAGE, sleep=wait, random=lambda: 0.0) is Done.BUILT
    assert 7 in waited


async def test_a_server_that_never_comes_back_is_given_up(
    api: respx.MockRouter, service: Service
) -> None:
    api.post("/snapshots").mock(return_value=answer("building"))
    seen = api.get(f"/snapshots/{NAME}").mock(return_value=refusal(500))
    with pytest.raises(ServiceFailure):
        await build(service, IMAGE, sleep=at_once)
    assert seen.call_count == 10


async def test_a_build_without_an_end_is_left_to_itself(
    api: respx.MockRouter, service: Service
) -> None:
    api.post("/snapshots").mock(return_value=answer("building"))
    api.get(f"/snapshots/{NAME}").mock(return_value=answer("building"))
    with pytest.raises(SandboxUnavailable, match=r"not ready after 0 minutes; its build goes on"):
        await build(service, IMAGE, longest_s=0.05, sleep=at_once)


class Chunks(httpx.AsyncByteStream):
    """A log that is printed bit by bit."""

    def __init__(self, *texts: str) -> None:
        self._texts = texts

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for text in self._texts:
            yield text.encode()
            await asyncio.sleep(0)


async def test_the_log_is_told_from_its_start_to_its_end(
    api: respx.MockRouter, service: Service
) -> None:
    """It can be had a while after the build was asked for, and may end after the build."""
    url = httpx.Response(200, json={"url": f"{API}/logs/1"})
    api.routes["log"].mock(side_effect=[refusal(400), url])
    api.get("/logs/1").mock(return_value=httpx.Response(200, stream=Chunks("Step 1\n", "Step 2\n")))
    api.post("/snapshots").mock(return_value=answer("building"))
    building = [answer("building") for _ in range(30)]
    states(api, *building, answer("build_failed"))
    told: list[str] = []
    with pytest.raises(SandboxUnavailable, match="does not say why"):
        await build(service, IMAGE, told.append, sleep=at_once)
    assert "".join(told) == "Step 1\nStep 2\n"


async def test_cancelling_leaves_no_task_behind(api: respx.MockRouter, service: Service) -> None:
    api.post("/snapshots").mock(return_value=answer("building"))
    api.get(f"/snapshots/{NAME}").mock(return_value=answer("building"))
    began = asyncio.Event()

    async def wait(_: float) -> None:
        began.set()
        await asyncio.Event().wait()

    before = asyncio.all_tasks()
    task = asyncio.create_task(build(service, IMAGE, sleep=wait))
    await began.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert asyncio.all_tasks() == before


async def test_ours_are_listed_over_all_pages(api: respx.MockRouter, service: Service) -> None:
    def page(request: httpx.Request) -> httpx.Response:
        number = int(request.url.params["page"])
        names = {1: ["daytona-small", NAME], 2: ["daytona-validate-sql-11111111", "mine"]}[number]
        items = [{"id": f"id-{name}", "name": name, "state": "active"} for name in names]
        return httpx.Response(200, json={"items": items, "page": number, "totalPages": 2})

    api.get("/snapshots").mock(side_effect=page)
    names = [each.name for each in await listed(service)]
    assert names == [NAME, "daytona-validate-sql-11111111"]


@pytest.mark.parametrize(("status", "was_there"), [(200, True), (404, False)])
async def test_removing_one_that_is_gone_is_no_failure(
    api: respx.MockRouter, service: Service, status: int, was_there: bool
) -> None:
    api.delete("/snapshots/s1").mock(return_value=httpx.Response(status, json={}))
    assert await remove(service, SnapshotAnswer(id="s1", name=NAME)) is was_there

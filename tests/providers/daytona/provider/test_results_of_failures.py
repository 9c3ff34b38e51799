"""What a failing service comes to for whoever validates: outcome, fault, details, log."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from daytona_validate import CodeValidationResult, Fault, Outcome, Snippet
from daytona_validate._core.results import six_key_dict
from daytona_validate._pipeline import Pipeline
from daytona_validate._providers.daytona.provider import DaytonaProvider
from daytona_validate._runtime.limiter import Slots
from plain_settings import plain_settings

if TYPE_CHECKING:
    from tests.providers.daytona.provider.conftest import Cloud, FakeTime

HELLO = Snippet(code="print('héllo')", language="python", skill="Python")


def said(status: int, message: str = "", **headers: str) -> httpx.Response:
    return httpx.Response(status, json={"message": message}, headers=headers)


def pipeline(provider: DaytonaProvider, time: FakeTime, **settings: Any) -> Pipeline:
    sleep = settings.pop("sleep", time.sleep)
    config = plain_settings(**settings)
    return Pipeline(provider, Slots(50), config, sleep=sleep, random=lambda: 0.5)


async def validated(
    provider: DaytonaProvider, time: FakeTime, **settings: Any
) -> CodeValidationResult:
    result = await pipeline(provider, time, **settings).validate(HELLO)
    await provider.aclose()
    return result


async def test_a_snippet_goes_all_the_way(
    cloud: Cloud, provider: DaytonaProvider, time: FakeTime
) -> None:
    result = await validated(provider, time)
    assert (result.outcome, result.fault) == (Outcome.PASSED, Fault.NONE)
    assert (result.output, result.error) == ("héllo\n", "careful\n")
    assert (result.provider, result.network, result.attempts) == ("daytona", "blocked", 1)
    assert result.sandbox_id == cloud.bodies[0]["name"]
    assert result.runtime == "python 3.11.9"
    assert cloud.asked == ["POST /sandbox", "execute", "DELETE /sandbox"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A request that always fails in one way, and what becomes of it."""

    request: str = "POST /sandbox"
    reply: Any
    says: str
    fault: Fault = Fault.INFRASTRUCTURE
    asked: int = 1
    """Requests of that kind in all."""
    level: str = "WARNING"
    is_traced: bool = False


CASES = {
    "bad key": Case(reply=said(401, "Invalid credentials"), says="refused the API key"),
    "suspended": Case(reply=said(403, "Organization is suspended"), says="suspended"),
    "no snapshot": Case(
        reply=said(400, "Snapshot daytona-validate-python-0 not found"),
        says="does not exist at Daytona; `daytona-validate snapshots build python` builds it",
        fault=Fault.ENVIRONMENT,
    ),
    "not in this region": Case(
        reply=said(400, "Snapshot X is not available in region eu"),
        says="`daytona-validate snapshots build python`",
        fault=Fault.ENVIRONMENT,
    ),
    "network fixed": Case(
        reply=said(400, "Network access is restricted and cannot be overridden"),
        says="DAYTONA_NETWORK=organization",
    ),
    "per-sandbox limit": Case(
        reply=said(400, "CPU request 8 exceeds maximum allowed per sandbox"), says="exceeds"
    ),
    "failed to start": Case(
        reply=said(400, "Sandbox failed to start: no space"), says="no space", asked=3
    ),
    "500": Case(
        reply=said(500, "An unexpected error occurred."),
        says="Daytona had an internal error",
        asked=3,
    ),
    "503": Case(reply=said(503), says="503", asked=3),
    "no connection": Case(
        reply=httpx.ConnectError("name or service not known"),
        says="cannot be reached",
        asked=3,
        level="ERROR",
        is_traced=True,
    ),
    "cut off": Case(
        reply=httpx.ReadError("reset by peer"),
        says="was lost",
        asked=3,
        level="ERROR",
        is_traced=True,
    ),
    "a web page": Case(reply=httpx.Response(200, html="<html>"), says="is not valid", asked=3),
    "another web page": Case(reply=httpx.Response(404, html="<html>"), says="no Daytona API"),
    "redirect": Case(reply=httpx.Response(302), says="redirects to another one"),
    "half of the JSON": Case(
        reply=httpx.Response(200, text='{"id":'), says="is not valid", asked=3
    ),
    "no id": Case(reply=httpx.Response(200, json={}), says="has no id", asked=3),
    "no object": Case(reply=httpx.Response(200, json=[]), says="is not valid", asked=3),
    "hung supervisor": Case(request="execute", reply=said(408), says="no answer within 130 s"),
    "lost sandbox": Case(
        request="execute", reply=said(404, "container not found"), says="the sandbox", asked=2
    ),
    "not let in": Case(
        request="execute",
        reply=said(401, "Bearer token is invalid"),
        says="the key is not the cause",
        asked=2,
    ),
    "junk": Case(
        request="execute",
        reply=httpx.Response(200, json={"exitCode": -1, "result": "chdir: no such folder"}),
        says="no such folder",
        asked=2,
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
async def test_each_failure_is_the_documented_fallback_and_one_log_record(
    cloud: Cloud, provider: DaytonaProvider, time: FakeTime, caplog: Any, case: Case
) -> None:
    cloud.answers(case.request, *[case.reply] * 20)
    with caplog.at_level(logging.INFO, "daytona_validate"):
        result = await validated(provider, time)
    assert (result.outcome, result.fault) == (Outcome.UNAVAILABLE, case.fault)
    assert six_key_dict(result) | {"details": ""} == {
        "skill": "Python",
        "status": "Failure",
        "output": "",
        "error": None,
        "execution_time": 0.0,
        "details": "",
    }
    assert result.details.startswith("Code validation unavailable - ")
    assert case.says in result.details
    assert cloud.count(case.request) == case.asked
    (record,) = [each for each in caplog.records if each.levelno >= logging.WARNING]
    assert (record.levelname, record.exc_info is not None) == (case.level, case.is_traced)
    assert record.getMessage() == result.details
    assert "dtn_canary" not in caplog.text + result.to_json()
    assert not cloud.alive


async def test_an_address_that_is_not_daytonas_is_said_once_and_soon(
    cloud: Cloud, provider: DaytonaProvider, time: FakeTime, caplog: Any
) -> None:
    page = httpx.Response(200, html="<html>dashboard</html>")
    for request in ("POST /sandbox", "GET /sandbox", "DELETE /sandbox"):
        cloud.answers(request, *[page] * 9)
    with caplog.at_level(logging.WARNING, "daytona_validate"):
        result = await validated(provider, time)
    assert "is not valid: it is an HTML page" in result.details
    assert cloud.count("POST /sandbox") == 1
    (record,) = caplog.records
    assert record.getMessage() == result.details
    assert sum(time.slept_s) < 2


async def test_after_a_refused_key_a_batch_sends_no_request_more(
    cloud: Cloud, provider: DaytonaProvider, time: FakeTime
) -> None:
    cloud.answers("POST /sandbox", said(401))
    path = pipeline(provider, time)
    await path.validate(HELLO)
    results = await asyncio.gather(*(path.validate(HELLO) for _ in range(20)))
    assert {result.outcome for result in results} == {Outcome.UNAVAILABLE}
    assert cloud.asked == ["POST /sandbox"]


async def test_a_missing_snapshot_is_not_asked_for_by_each_of_a_thousand(
    cloud: Cloud, provider: DaytonaProvider, time: FakeTime
) -> None:
    cloud.answers("POST /sandbox", said(400, "Snapshot X not found"))
    path = pipeline(provider, time)
    first = await path.validate(HELLO)
    assert (await path.validate(HELLO)).details == first.details
    assert cloud.count("POST /sandbox") == 1
    time.now_s += 31  # meanwhile somebody may have built it
    assert (await path.validate(HELLO)).outcome is Outcome.PASSED


async def test_creation_is_tried_again_with_a_new_name(
    cloud: Cloud, provider: DaytonaProvider, time: FakeTime
) -> None:
    cloud.answers("POST /sandbox", said(500), httpx.ConnectError("refused"))
    result = await validated(provider, time)
    assert (result.outcome, result.attempts) == (Outcome.PASSED, 1)
    assert len({body["name"] for body in cloud.bodies}) == 3


@pytest.mark.parametrize("times", [1, 2])
async def test_a_cancellation_during_an_attempt_ends_the_trying(
    cloud: Cloud, provider: DaytonaProvider, time: FakeTime, times: int
) -> None:
    cloud.answers("POST /sandbox", said(500))
    cloud.holds("POST /sandbox")
    call = asyncio.create_task(pipeline(provider, time).validate(HELLO))
    await cloud.until(lambda c: c.count("POST /sandbox") == 2)
    for _ in range(times):
        call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await provider.aclose()
    assert cloud.count("POST /sandbox") == 2
    assert not cloud.alive


@pytest.mark.parametrize("times", [1, 2])
async def test_a_cancellation_during_a_back_off_ends_the_trying(
    cloud: Cloud, provider: DaytonaProvider, time: FakeTime, times: int
) -> None:
    cloud.answers("POST /sandbox", said(400, "Sandbox failed to start: x"))
    is_waiting = asyncio.Event()

    async def sleep(seconds: float) -> None:
        is_waiting.set()
        await asyncio.Event().wait()

    call = asyncio.create_task(pipeline(provider, time, sleep=sleep).validate(HELLO))
    await is_waiting.wait()
    for _ in range(times):
        call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await provider.aclose()
    assert cloud.asked[:2] == ["POST /sandbox", "DELETE /sandbox"]
    assert cloud.count("POST /sandbox") == 1


@pytest.mark.virtual_time
async def test_waiting_for_room_counts_as_queued_and_for_no_clock(
    cloud: Cloud, make: Callable[..., DaytonaProvider], time: FakeTime
) -> None:
    cloud.answers("POST /sandbox", said(400, "Total CPU limit exceeded. Maximum allowed: 10."))
    provider = make(clock=asyncio.get_running_loop().time, sleep=asyncio.sleep)
    result = await validated(provider, time, create_timeout_s=0.03)
    assert result.outcome is Outcome.PASSED
    assert result.timings.queued_s == pytest.approx(0.25625)
    assert result.timings.created_s < 0.03


async def test_a_sandbox_that_takes_too_long_is_our_fault_and_is_removed(
    cloud: Cloud, provider: DaytonaProvider, time: FakeTime
) -> None:
    cloud.states.extend(["creating"] * 100)
    cloud.holds("GET /sandbox")
    result = await validated(provider, time, create_timeout_s=0.02)
    assert (result.outcome, result.fault) == (Outcome.UNAVAILABLE, Fault.INFRASTRUCTURE)
    assert "No sandbox within 0.02 s" in result.details
    assert (cloud.created, cloud.deleted) == (1, 1)


@pytest.mark.parametrize(
    "reply", [said(404, "sandbox container not found"), said(401, "Bearer token is invalid")]
)
@pytest.mark.parametrize("is_gone", [True, False])
async def test_a_lost_sandbox_is_made_up_for_by_one_new_run(
    cloud: Cloud, provider: DaytonaProvider, time: FakeTime, reply: Any, is_gone: bool
) -> None:
    cloud.answers("execute", reply)
    cloud.answers("GET /sandbox", *[said(404)] * is_gone)
    result = await validated(provider, time)
    assert (result.outcome, result.attempts) == (Outcome.PASSED, 2)
    assert (cloud.created, cloud.deleted) == (2, 2)

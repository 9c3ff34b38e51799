"""A run is one request, sent again with the same script where its answer is lost."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from daytona_validate import Limits, SandboxSpec, Snippet, Stage
from daytona_validate._errors import ConnectionFailed, SandboxLost, SandboxUnavailable
from daytona_validate._models import Execution
from daytona_validate._providers.daytona.envelope.command import SPARE_S
from daytona_validate._providers.daytona.provider import DaytonaProvider
from daytona_validate._providers.daytona.sandbox import BACKSTOP_S, RESEND_DELAYS_S
from daytona_validate._runtime.clocks import Clock

if TYPE_CHECKING:
    from tests.providers.daytona.provider.conftest import Cloud, FakeTime

HELLO = Snippet(code="print('héllo')", language="python")


def said(status: int, message: str = "", **headers: str) -> httpx.Response:
    return httpx.Response(status, json={"message": message}, headers=headers)


async def run(
    provider: DaytonaProvider, spec: SandboxSpec, snippet: Snippet = HELLO, **how: Any
) -> Execution:
    async with provider.open(spec) as sandbox:
        return await sandbox.run(snippet, **how)


async def test_a_snippet_costs_three_requests(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec
) -> None:
    execution = await run(provider, spec)
    await provider.aclose()
    assert cloud.asked == ["POST /sandbox", "execute", "DELETE /sandbox"]
    (step,) = execution.steps
    assert (step.stage, step.exit_code, step.stdout) == (Stage.RUN, 0, "héllo\n".encode())
    assert step.stderr == b"careful\n"
    assert (execution.runtime, execution.network) == ("python 3.11.9", "blocked")


async def test_the_network_of_the_organization_is_shown_and_kept(
    cloud: Cloud, make: Callable[..., DaytonaProvider], spec: SandboxSpec
) -> None:
    assert (await run(make(network="organization"), spec)).network == "organization"
    await run(make(), spec)
    kept = ["number keeps_network 1" in body["command"] for body in cloud.runs]
    assert kept == [True, False]


async def test_an_open_daemon_beside_the_network_of_the_organization_is_logged_once(
    cloud: Cloud,
    make: Callable[..., DaytonaProvider],
    spec: SandboxSpec,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def with_open_daemon(received: httpx.Request) -> httpx.Response:
        done = (await cloud.done(received)).json()
        return httpx.Response(200, json=done | {"result": done["result"].replace("shut", "open")})

    provider = make(network="organization")
    await run(provider, spec)
    assert caplog.messages == []
    cloud.answers("execute", with_open_daemon, with_open_daemon)
    assert {(await run(provider, spec)).network for _ in range(2)} == {"organization"}
    warned = [each for each in caplog.records if each.levelname == "WARNING"]
    assert ["forge their result" in each.getMessage() for each in warned] == [True]


async def test_the_request_has_the_time_of_all_commands_and_some_for_ours(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec
) -> None:
    await run(provider, spec)
    sql = SandboxSpec(language="sql", limits=Limits(timeout_s=5.5, compile_timeout_s=20))
    await run(provider, sql, Snippet(code="select 1", language="sql"))
    assert [body["timeout"] for body in cloud.runs] == [4 * 30 + 10, 102 + 10]


@pytest.mark.virtual_time
async def test_the_limits_around_a_run_stand_still_once_it_can_only_be_kept_from_running(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec
) -> None:
    """The supervisor is over its limits only while others hold the processor."""
    may_end = cloud.holds("execute")
    around = Clock(60)
    async with provider.open(spec) as sandbox, around:
        asyncio.get_running_loop().call_later(100, may_end.set)
        await sandbox.run(HELLO)
    assert around.off_s == pytest.approx(100 - spec.limits.timeout_s - SPARE_S - BACKSTOP_S)


async def test_two_runs_have_different_nonces(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec
) -> None:
    await run(provider, spec)
    await run(provider, spec)
    first, second = (
        re.search(r"^nonce (\w+)$", body["command"], re.MULTILINE) for body in cloud.runs
    )
    assert first is not None
    assert second is not None
    assert first[1] != second[1]


async def test_a_check_runs_the_commands_of_the_check(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec
) -> None:
    def commands() -> set[str]:
        return set(re.findall(r"^command (\w+) ", cloud.runs[-1]["command"], re.MULTILINE))

    await run(provider, spec, until=Stage.CHECK)
    assert commands() == {"check"}
    await run(provider, spec)
    assert commands() == {"run"}


LOST: dict[str, httpx.Response | Exception] = {
    "read error": httpx.ReadError("reset"),
    "cut off": httpx.RemoteProtocolError("peer closed"),
    "no connection": httpx.ConnectError("refused"),
    "502 without a body": httpx.Response(502),
    "504": said(504),
    "not started": said(400, "bad request: Is the Sandbox started?"),
    "key not checked": said(401, "authentication failed: Bearer token validation error"),
    "half of the JSON": httpx.Response(200, text='{"exitCode": 0, "resu'),
    "no result": httpx.Response(200, json={}),
    "a web page": httpx.Response(200, html="<html>"),
}


@pytest.mark.parametrize("reply", LOST.values(), ids=LOST)
async def test_a_lost_answer_is_asked_for_again_with_the_same_script(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, time: FakeTime, reply: Any
) -> None:
    cloud.answers("execute", *[reply] * 3)
    execution = await run(provider, spec)
    assert execution.steps[0].exit_code == 0
    assert len(cloud.runs) == 4
    assert all(body == cloud.runs[0] for body in cloud.runs)
    assert tuple(time.slept_s) == RESEND_DELAYS_S


async def test_a_throttled_run_waits_at_the_gate(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, time: FakeTime
) -> None:
    cloud.answers("execute", said(429, **{"Retry-After": "8"}))
    await run(provider, spec)
    assert time.slept_s == [8 * 1.125]


async def test_a_throttled_run_does_not_outwait_its_sandbox(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, time: FakeTime
) -> None:
    """The service stops one that does nothing for three minutes."""
    cloud.answers("execute", said(429, **{"Retry-After": "3000"}))
    with pytest.raises(SandboxUnavailable, match="rate limit") as caught:
        await run(provider, spec)
    assert (caught.value.retryable, caught.value.retry_after_s) == (True, 3000)
    assert time.slept_s == []


async def test_a_network_that_stays_away_is_a_failed_connection(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec
) -> None:
    cloud.answers("execute", *[httpx.ConnectError("refused")] * 9)
    with pytest.raises(ConnectionFailed, match="cannot be reached") as caught:
        await run(provider, spec)
    assert caught.value.retryable
    assert len(cloud.runs) == 1 + len(RESEND_DELAYS_S)


@pytest.mark.parametrize("reply", [httpx.Response(502), said(400, "Is the Sandbox started?")])
async def test_a_daemon_that_stays_silent_is_a_lost_sandbox(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, reply: Any
) -> None:
    cloud.answers("execute", *[reply] * 9)
    with pytest.raises(SandboxLost, match=r"\(started\) does not answer any more; .* memory"):
        await run(provider, spec)


async def test_the_services_own_reason_is_told(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec
) -> None:
    cloud.answers("execute", *[httpx.Response(502)] * 9)
    broken = {"id": "id-1", "state": "error", "errorReason": "runner lost"}
    cloud.answers("GET /sandbox", httpx.Response(200, json=broken))
    with pytest.raises(SandboxLost, match=r"\(error\) .* runner lost"):
        await run(provider, spec)


async def test_a_sandbox_that_is_gone_is_lost_at_once(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec
) -> None:
    cloud.answers("execute", said(404, "sandbox container not found"))
    cloud.answers("GET /sandbox", said(404))
    with pytest.raises(SandboxLost, match="The sandbox is gone"):
        await run(provider, spec)
    assert len(cloud.runs) == 1


@pytest.mark.parametrize(
    "reply", [said(500), httpx.ConnectError("no")], ids=["failing", "unreachable"]
)
async def test_if_the_service_says_nothing_of_it_the_failure_stays_what_it_was(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, reply: Any
) -> None:
    cloud.answers("execute", *[httpx.Response(502)] * 9)
    cloud.answers("GET /sandbox", reply)
    with pytest.raises(SandboxUnavailable) as caught:
        await run(provider, spec)
    assert not isinstance(caught.value, SandboxLost)
    assert caught.value.retryable


async def test_a_supervisor_that_hangs_is_unavailable_and_not_run_again(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec
) -> None:
    cloud.answers("execute", said(408, "request timeout: command execution timeout"))
    with pytest.raises(SandboxUnavailable, match="no answer within 130 s") as caught:
        await run(provider, spec)
    assert not isinstance(caught.value, SandboxLost)
    assert not caught.value.retryable
    assert len(cloud.runs) == 1


@pytest.mark.virtual_time
async def test_our_own_backstop_is_unavailable(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec
) -> None:
    cloud.holds("execute")
    with pytest.raises(SandboxUnavailable, match="no answer within 130 s"):
        await run(provider, spec)


@pytest.mark.parametrize(
    "result", ["", "sh: 1: perl: not found\n", "NONCE end 1\n", "other begin x\n"]
)
async def test_what_is_no_answer_of_ours_is_a_lost_sandbox(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, result: str
) -> None:
    cloud.answers("execute", httpx.Response(200, json={"exitCode": 0, "result": result}))
    with pytest.raises(SandboxLost):
        await run(provider, spec)


async def test_a_sandbox_of_another_snapshot_is_unavailable_with_the_command(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec
) -> None:
    async def unready(received: httpx.Request) -> httpx.Response:
        nonce = re.search(r"^nonce (\w+)$", cloud.runs[-1]["command"], re.MULTILINE)
        assert nonce is not None
        result = f"{nonce[1]} unready runtime\n"
        return httpx.Response(200, json={"exitCode": 0, "result": result})

    cloud.answers("execute", unready)
    with pytest.raises(SandboxUnavailable, match="daytona-validate snapshots build"):
        await run(provider, spec)


@pytest.mark.parametrize("url", ["http://proxy.app.daytona.io/toolbox", "https://user:pw@host/x"])
async def test_no_key_is_sent_to_a_toolbox_that_is_not_https(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, url: str
) -> None:
    sandbox = {"id": "id-1", "state": "started", "toolboxProxyUrl": url}
    cloud.answers("POST /sandbox", httpx.Response(200, json=sandbox))
    with pytest.raises(SandboxUnavailable, match="its address is refused") as caught:
        await run(provider, spec)
    assert "pw" not in str(caught.value)
    assert cloud.runs == []


async def test_a_cancelled_run_removes_its_sandbox(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec
) -> None:
    cloud.holds("execute")
    call = asyncio.create_task(run(provider, spec))
    await cloud.until(lambda c: c.count("execute") == 1)
    call.cancel()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await provider.aclose()
    assert (cloud.created, cloud.deleted, len(cloud.runs)) == (1, 1, 1)

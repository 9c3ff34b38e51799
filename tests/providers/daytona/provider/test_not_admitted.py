"""The proxy lets nobody into a sandbox: only the API knows whether it is gone, or the key wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from daytona_validate import SandboxSpec, Snippet
from daytona_validate._errors import SandboxLost, SandboxUnavailable
from daytona_validate._models import Execution
from daytona_validate._providers.daytona.provider import DaytonaProvider

if TYPE_CHECKING:
    from tests.providers.daytona.provider.conftest import Cloud, FakeTime


def said(status: int, message: str = "", **headers: str) -> httpx.Response:
    return httpx.Response(status, json={"message": message}, headers=headers)


async def run(provider: DaytonaProvider, spec: SandboxSpec) -> Execution:
    async with provider.open(spec) as sandbox:
        return await sandbox.run(Snippet(code="print('héllo')", language="python"))


NOT_ADMITTED = {
    "of a server": said(401, "unauthorized: authentication failed: Bearer token is invalid"),
    "of several lines": said(401, "authentication failed:\nBearer token is invalid"),
    "as 403": said(403),
    "as a login": said(307, Location="https://login.example.com/"),
}
each_refusal_of_the_proxy = pytest.mark.parametrize(
    "reply", NOT_ADMITTED.values(), ids=NOT_ADMITTED
)


@each_refusal_of_the_proxy
async def test_who_is_not_let_in_asks_whether_the_sandbox_is_there(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, reply: Any
) -> None:
    cloud.answers("execute", reply)
    cloud.answers("GET /sandbox", said(404))
    with pytest.raises(SandboxLost, match="The sandbox is gone"):
        await run(provider, spec)
    assert len(cloud.runs) == 1


@each_refusal_of_the_proxy
@pytest.mark.parametrize("status", [401, 403])
async def test_only_the_api_has_a_word_about_the_key(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, reply: Any, status: int
) -> None:
    cloud.answers("execute", reply)
    cloud.answers("GET /sandbox", said(status, "Invalid credentials"))
    with pytest.raises(
        SandboxUnavailable, match=r"GET /sandbox/\{name\} gave 40.*API_KEY"
    ) as caught:
        await run(provider, spec)
    assert not isinstance(caught.value, SandboxLost)
    assert not caught.value.retryable


@each_refusal_of_the_proxy
async def test_a_proxy_that_is_wrong_about_a_living_sandbox_is_not_the_keys_fault(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, time: FakeTime, reply: Any
) -> None:
    """It remembers its no for two minutes: another sandbox may do, this one will not."""
    cloud.answers("execute", *[reply] * 9)
    with pytest.raises(SandboxUnavailable, match="the key is not the cause") as caught:
        await run(provider, spec)
    assert not isinstance(caught.value, SandboxLost)
    assert caught.value.retryable
    assert (len(cloud.runs), time.slept_s) == (1, [])


@pytest.mark.parametrize("state", ["destroying", "stopped", "error"])
async def test_who_is_not_let_in_as_the_sandbox_is_ending_has_lost_it(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, state: str
) -> None:
    cloud.answers("execute", NOT_ADMITTED["of a server"])
    cloud.states.extend(["started", state])
    with pytest.raises(SandboxLost, match=rf"\({state}\) .* something stopped the sandbox"):
        await run(provider, spec)


async def test_a_sandbox_that_went_while_a_lost_answer_is_asked_for_again_is_lost(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec
) -> None:
    """After a long run the proxy has forgotten that the key was good for it."""
    cloud.answers("execute", httpx.ReadError("reset"), NOT_ADMITTED["of a server"])
    cloud.answers("GET /sandbox", said(404))
    with pytest.raises(SandboxLost, match="The sandbox is gone"):
        await run(provider, spec)
    assert len(cloud.runs) == 2

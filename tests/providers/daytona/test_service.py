"""What each method sends, and what it makes of an answer."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import httpx
import pytest
import respx
from pydantic import SecretStr

from daytona_validate._providers.daytona.wire.failures import FailureKind, ServiceFailure
from daytona_validate._providers.daytona.wire.parse import SandboxAnswer
from daytona_validate._providers.daytona.wire.retry_after import CreationsLeft
from daytona_validate._providers.daytona.wire.service import Service

API = "https://app.daytona.io/api"
TOOLBOX = "https://proxy.app.daytona.io/toolbox"
SANDBOX = SandboxAnswer(id="0d0c", name="dv-1", toolbox_url=TOOLBOX)
BEFORE = datetime(2026, 11, 22, 22, tzinfo=timezone(timedelta(hours=2)))
LABELS = {"labels": '{"app": "x"}', "limit": "15", "sort": "createdAt", "order": "asc"}

Send = Callable[[Service], Awaitable[object]]
SENT: dict[str, tuple[Send, str, str, dict[str, str], object, float]] = {
    "create": (
        lambda s: s.create({"name": "dv-1", "snapshot": "x"}, timeout_s=1),
        "POST", f"{API}/sandbox", {}, {"name": "dv-1", "snapshot": "x"}, 50.0,
    ),
    "create, patiently": (
        lambda s: s.create({"name": "dv-1"}, timeout_s=70),
        "POST", f"{API}/sandbox", {}, {"name": "dv-1"}, 70.0,
    ),
    "get": (lambda s: s.get("dv-1"), "GET", f"{API}/sandbox/dv-1", {}, None, 20.0),
    "delete": (lambda s: s.delete("dv-1"), "DELETE", f"{API}/sandbox/dv-1", {}, None, 20.0),
    "a name that is a path": (
        lambda s: s.delete("../../x?y#z"),
        "DELETE", f"{API}/sandbox/..%2F..%2Fx%3Fy%23z", {}, None, 20.0,
    ),
    "a name that no encoding has": (
        lambda s: s.delete("\ud800"), "DELETE", f"{API}/sandbox/%3F", {}, None, 20.0,
    ),
    "list": (lambda s: s.sandboxes(labels={"app": "x"}), "GET", f"{API}/sandbox", LABELS, None, 20),
    "list of the old": (
        lambda s: s.sandboxes(labels={"app": "x"}, created_before=BEFORE, cursor="c&d"),
        "GET", f"{API}/sandbox",
        LABELS | {"createdAtBefore": "2026-11-22T20:00:00Z", "cursor": "c&d"}, None, 20,
    ),
    "execute": (
        lambda s: s.execute(SANDBOX, "{ echo ä; }\n", timeout_s=30),
        "POST", f"{TOOLBOX}/0d0c/process/execute", {},
        {"command": "{ echo ä; }\n", "timeout": 30}, 40,
    ),
    "snapshot": (lambda s: s.snapshot("x"), "GET", f"{API}/snapshots/x", {}, None, 20),
    "snapshots": (
        lambda s: s.snapshots(2), "GET", f"{API}/snapshots", {"page": "2", "limit": "15"}, None, 20
    ),
    "build": (
        lambda s: s.create_snapshot({"name": "x"}),
        "POST", f"{API}/snapshots", {}, {"name": "x"}, 20,
    ),
    "activate": (
        lambda s: s.activate_snapshot("5a"), "POST", f"{API}/snapshots/5a/activate", {}, {}, 20
    ),
    "delete snapshot": (
        lambda s: s.delete_snapshot("5a"), "DELETE", f"{API}/snapshots/5a", {}, None, 20
    ),
    "key": (lambda s: s.key(), "GET", f"{API}/api-keys/current", {}, None, 20),
    "config": (lambda s: s.config(), "GET", f"{API}/config", {}, None, 20),
}  # fmt: skip
ANSWER = {"id": "a", "items": [], "exitCode": 0, "result": ""}


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    async with httpx.AsyncClient() as client:
        yield Service(API + "/", SecretStr("dtn_key"), client, request_timeout_s=20)


async def sent_by(send: Send, service: Service) -> httpx.Request:
    with respx.mock:
        route = respx.route().respond(200, json=ANSWER)
        await send(service)
        assert route.call_count == 1
        request: httpx.Request = route.calls.last.request
        return request


@pytest.mark.parametrize("case", SENT.values(), ids=SENT)
async def test_each_method_sends_one_request(case: Any, service: Service) -> None:
    send, method, url, params, body, read_s = case
    request = await sent_by(send, service)
    assert (request.method, str(request.url).partition("?")[0]) == (method, url)
    assert dict(request.url.params) == params
    assert (json.loads(request.content) if request.content else None) == body
    assert request.headers.get("Content-Type") == (None if body is None else "application/json")
    assert request.headers["Authorization"] == "Bearer dtn_key"
    assert request.headers["User-Agent"].startswith("daytona-validate/")
    expected = {"connect": 10.0, "read": read_s, "write": 30.0, "pool": 30.0}
    assert request.extensions["timeout"] == expected


HOSTILE_DEFAULTS: dict[str, Any] = {
    "base_url": "https://elsewhere.example/v2/",
    "headers": {"Content-Type": "text/plain", "Authorization": "Basic no", "X-Theirs": "1"},
    "params": {"theirs": "1"},
    "cookies": {"session": "theirs"},
    "auth": ("me", "secret"),
    "follow_redirects": True,
    "timeout": 0.001,
    "max_redirects": 1,
}


@pytest.mark.parametrize("case", SENT.values(), ids=SENT)
async def test_what_a_callers_own_client_sets_changes_no_request(
    case: Any, service: Service
) -> None:
    async with httpx.AsyncClient(**HOSTILE_DEFAULTS) as theirs:
        of_theirs = Service(API, SecretStr("dtn_key"), theirs, request_timeout_s=20)
        request = await sent_by(case[0], of_theirs)
        assert not theirs.is_closed
    expected = await sent_by(case[0], service)
    assert (request.method, request.url) == (expected.method, expected.url)
    assert request.headers == expected.headers
    assert request.content == expected.content
    assert request.extensions["timeout"] == expected.extensions["timeout"]


@respx.mock
async def test_a_redirect_is_not_followed_whatever_the_client_would_do() -> None:
    respx.get(f"{API}/sandbox/dv-1").respond(302, headers={"Location": "https://evil.example/"})
    evil = respx.get("https://evil.example/").respond(200, json={"id": "a"})
    async with httpx.AsyncClient(**HOSTILE_DEFAULTS) as theirs:
        with pytest.raises(ServiceFailure, match=r"redirects to another one.*302") as caught:
            await Service(API, SecretStr("dtn_key"), theirs, request_timeout_s=30).get("dv-1")
    assert caught.value.kind is FailureKind.MALFORMED
    assert not evil.called


@respx.mock
async def test_answers_are_read(service: Service) -> None:
    url = {"toolboxProxyUrl": TOOLBOX + "/"}
    respx.post(f"{API}/sandbox").respond(200, json={"id": "0d0c", "state": "creating"} | url)
    made = await service.create({"name": "dv-1"}, timeout_s=1)
    assert made == SandboxAnswer(id="0d0c", state="creating", toolbox_url=TOOLBOX)
    respx.route(path__regex="execute$").respond(200, json={"exitCode": 3, "result": "ä\u0000"})
    executed = await service.execute(made, "true", timeout_s=5)
    assert (executed.exit_code, executed.result) == (3, "ä\0")
    respx.get(f"{API}/sandbox").respond(200, json={"items": [{"id": "b"}], "nextCursor": "c"})
    assert await service.sandboxes(labels={}) == ((SandboxAnswer(id="b"),), "c")


@respx.mock
async def test_an_old_server_is_asked_for_the_toolbox_address(service: Service) -> None:
    asked = respx.get(f"{API}/sandbox/0d0c/toolbox-proxy-url").respond(200, json={"url": TOOLBOX})
    ran = respx.post(f"{TOOLBOX}/0d0c/process/execute").respond(200, json=ANSWER)
    await service.execute(SandboxAnswer(id="0d0c"), "true", timeout_s=5)
    assert (asked.call_count, ran.call_count) == (1, 1)


@pytest.mark.parametrize("status", [401, 403])
@respx.mock
async def test_after_a_refused_create_no_create_is_sent_and_all_else_is(
    service: Service, status: int
) -> None:
    create = respx.post(f"{API}/sandbox").respond(status, json={"message": "no"})
    delete = respx.delete(f"{API}/sandbox/dv-1").respond(200, json={})
    failures = []
    for name in ("dv-1", "dv-2", "dv-3"):
        with pytest.raises(ServiceFailure) as caught:
            await service.create({"name": name}, timeout_s=1)
        failures.append(caught.value)
    await service.delete("dv-1")
    assert (create.call_count, delete.call_count) == (1, 1)
    assert len({str(failure) for failure in failures}) == 1
    assert {failure.kind for failure in failures} == {FailureKind.REFUSED}
    assert failures[1] is not failures[2], "each has a traceback of its own"


@respx.mock
async def test_a_refused_key_is_tried_again_after_a_while() -> None:
    """A server must not need a restart because the organization was suspended for an hour."""
    respx.post(f"{API}/sandbox").mock(
        side_effect=[httpx.Response(403), httpx.Response(200, json={"id": "a"})]
    )
    times_s = [1000.0, 1059.0, 1060.0]
    async with httpx.AsyncClient() as client:
        service = Service(
            API, SecretStr("dtn_key"), client, request_timeout_s=30, clock=lambda: times_s.pop(0)
        )
        for _ in range(2):
            with pytest.raises(ServiceFailure):
                await service.create({"name": "dv-1"}, timeout_s=1)
        assert (await service.create({"name": "dv-2"}, timeout_s=1)).id == "a"


@respx.mock
async def test_how_many_creations_are_left_is_told_once(service: Service) -> None:
    said = {"X-RateLimit-Remaining-Sandbox-Create": "4", "X-RateLimit-Reset-sandbox-create": "9"}
    respx.post(f"{API}/sandbox").mock(
        side_effect=[httpx.Response(200, json=ANSWER, headers=each) for each in (said, {})]
    )
    await service.create({"name": "x"}, timeout_s=1)
    assert service.creations_left() == CreationsLeft(4, 9.0)
    await service.create({"name": "x"}, timeout_s=1)
    assert service.creations_left() is None


@respx.mock
async def test_other_refusals_refuse_no_create(service: Service) -> None:
    respx.get(f"{API}/sandbox/dv-1").respond(403, json={"message": "no"})
    create = respx.post(f"{API}/sandbox").respond(500)
    for send in (SENT["get"][0], SENT["create"][0], SENT["create"][0]):
        with pytest.raises(ServiceFailure):
            await send(service)
    assert create.call_count == 2


@respx.mock
async def test_the_servers_version_is_logged_for_who_looks_closely(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "daytona_validate")
    respx.get(f"{API}/config").respond(
        200, json={"version": "1"}, headers={"X-Daytona-Api-Version": "v0.214.3"}
    )
    assert (await service.config()).version == "1"
    assert "GET /config: 200, by Daytona v0.214.3" in caplog.messages

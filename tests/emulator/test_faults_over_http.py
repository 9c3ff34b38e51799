"""Every fault on demand, as a client meets it."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import httpx
import pytest

from daytona_validate._emulator.faults.fault_kinds import FaultKind

if TYPE_CHECKING:
    from tests.emulator.conftest import House

DENIED = {
    FaultKind.UNAUTHORIZED: (401, "Invalid credentials"),
    FaultKind.FORBIDDEN: (403, "suspended"),
    FaultKind.CONFLICT: (409, "already exists"),
    FaultKind.QUOTA: (400, "Total CPU limit exceeded. Maximum allowed: "),
    FaultKind.NO_RUNNERS: (400, "No available runners"),
    FaultKind.NETWORK_FIXED: (400, "Network access is restricted"),
    FaultKind.THROTTLED: (429, "ThrottlerException: Too Many Requests"),
    FaultKind.THROTTLED_CREATE: (429, "ThrottlerException: Too Many Requests"),
    FaultKind.SERVER_ERROR: (500, "An unexpected error occurred."),
    FaultKind.UNAVAILABLE: (503, "Service Unavailable"),
}
DENIED_BY_THE_TOOLBOX = {
    FaultKind.NOT_STARTED: (400, "Is the Sandbox started?", "DAYTONA_PROXY"),
    FaultKind.KEY_UNCHECKED: (401, "Bearer token validation error", "DAYTONA_PROXY"),
    FaultKind.CONTAINER_GONE: (404, "sandbox container not found", "DAYTONA_PROXY"),
    FaultKind.EXECUTE_TIMEOUT: (408, "command execution timeout", "DAYTONA_DAEMON"),
}
CHANGED: dict[FaultKind, dict[str, str | None]] = {
    FaultKind.STALE: {"state": "creating"},
    FaultKind.ERROR_STATE: {"state": "error"},
    FaultKind.UNKNOWN_STATE: {"state": "hibernating"},
    FaultKind.NO_TOOLBOX_URL: {"toolboxProxyUrl": None},
}


@pytest.mark.parametrize("kind", DENIED)
async def test_an_error_comes_instead_of_the_work(house: House, kind: FaultKind) -> None:
    house.emulator.set("create", kind, last=1)
    denied = await house.api("POST", "/sandbox", json={})
    status, message = DENIED[kind]
    assert denied.status_code == status
    assert message in denied.json()["message"]
    assert house.emulator.counts.created == 0
    await house.create()  # the second call
    assert house.emulator.counts.faults == {kind: 1}


@pytest.mark.parametrize("kind", DENIED)
async def test_after_the_work_only_the_answer_is_lost(house: House, kind: FaultKind) -> None:
    house.emulator.set("create", kind, is_after=True)
    denied = await house.api("POST", "/sandbox", json={"name": "one"})
    assert denied.status_code == DENIED[kind][0]
    assert (await house.api("GET", "/sandbox/one")).json()["state"] == "started"


@pytest.mark.parametrize("kind", DENIED_BY_THE_TOOLBOX)
async def test_the_toolbox_has_words_of_its_own(house: House, kind: FaultKind) -> None:
    sandbox = await house.create()
    house.emulator.set("execute", kind)
    denied = await house.execute(sandbox, "ls")
    status, message, source = DENIED_BY_THE_TOOLBOX[kind]
    assert (denied.status_code, denied.json()["source"]) == (status, source)
    assert message in denied.json()["message"]
    assert house.machines.commands == []


async def test_a_bad_gateway_has_no_body(house: House) -> None:
    sandbox = await house.create()
    house.emulator.set("execute", "bad_gateway", is_after=True)
    denied = await house.execute(sandbox, "ls")
    assert (denied.status_code, denied.content) == (502, b"")
    assert len(house.machines.commands) == 1


@pytest.mark.parametrize(
    ("kind", "header"),
    [("throttled", "Retry-After"), ("throttled_create", "Retry-After-sandbox-create")],
)
async def test_a_throttled_client_is_told_how_long(house: House, kind: str, header: str) -> None:
    house.emulator.set("create", kind, retry_after_s=7)
    denied = await house.api("POST", "/sandbox", json={})
    told = {name: value for name, value in denied.headers.items() if "retry" in name}
    assert told == {header.lower(): "7"}


async def test_any_status_can_be_asked_for(house: House) -> None:
    house.emulator.set("get", "status", status=504, message="upstream", retry_after_s=2)
    denied = await house.api("GET", "/sandbox/one")
    assert (denied.status_code, denied.json()["message"]) == (504, "upstream")
    assert denied.headers["Retry-After"] == "2"


@pytest.mark.parametrize("kind", CHANGED)
async def test_an_answer_is_changed(house: House, kind: FaultKind) -> None:
    house.emulator.set("create", kind)
    answer = (await house.api("POST", "/sandbox", json={"name": "one"})).json()
    for name, value in CHANGED[kind].items():
        assert answer.get(name) == value
    assert (await house.api("GET", "/sandbox/one")).json()["state"] == "started"


async def test_the_toolbox_url_may_end_with_a_slash(house: House) -> None:
    house.emulator.set("create", "trailing_slash")
    assert (await house.create())["toolboxProxyUrl"].endswith("/toolbox/")


async def test_output_is_spoiled(house: House) -> None:
    sandbox = await house.create()
    house.emulator.set("execute", "replacement", last=1)
    house.emulator.set("execute", "junk", first=2)
    assert (await house.execute(sandbox, "abc")).json()["result"] == "\ufffd\ufffdc"
    junk = (await house.execute(sandbox, "abc")).json()["result"]
    assert junk.endswith("\nabc")


async def test_a_sandbox_fails_to_start_and_stays(house: House) -> None:
    house.emulator.set("create", "fails_to_start", last=1)
    failed = await house.api("POST", "/sandbox", json={"name": "one"})
    assert failed.status_code == 400
    assert failed.json()["message"].startswith("Sandbox failed to start: ")
    assert "id" not in failed.json()
    assert (await house.api("GET", "/sandbox/one")).json()["state"] == "error"


async def test_html_and_half_of_the_json_come_with_200(house: House) -> None:
    house.emulator.set("create", "html", last=1)
    house.emulator.set("create", "truncated", first=2)
    page = await house.api("POST", "/sandbox", json={})
    assert page.headers["content-type"].startswith("text/html")
    assert (page.status_code, house.emulator.counts.created) == (200, 0)
    half = await house.api("POST", "/sandbox", json={})
    assert (half.status_code, house.emulator.counts.created) == (200, 1)
    with pytest.raises(json.JSONDecodeError):
        half.json()


@pytest.mark.parametrize(
    ("kind", "created"), [("dropped_before", 0), ("dropped_after", 1), ("dropped_during", 1)]
)
async def test_the_connection_is_cut(house: House, kind: str, created: int) -> None:
    house.emulator.set("create", kind, last=1)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        await house.api("POST", "/sandbox", json={"name": "one"})
    assert house.emulator.counts.created == created
    found = await house.api("GET", "/sandbox/one")
    assert found.status_code == (200 if created else 404)


async def test_a_log_may_be_cut_and_is_never_spoiled(house: House) -> None:
    await house.api("POST", "/snapshots", json={"name": "own", "imageName": "ruby:3.3"})
    log = "/snapshots/own/build-logs?follow=true"
    house.emulator.set("snapshot_logs", "truncated", last=1)
    assert (await house.api("GET", log)).text.startswith("ERROR: ")
    house.emulator.set("snapshot_logs", "dropped_during")
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        await house.api("GET", log)


async def test_a_duplicated_command_reaches_the_sandbox_twice_at_once(house: House) -> None:
    sandbox = await house.create()
    house.emulator.set("execute", "duplicated")
    running = asyncio.create_task(house.execute(sandbox, "hold"))
    await house.emulator.until(lambda counts: counts.executing == 2)
    house.machines.release.set()
    assert (await running).json()["result"] == "hold"
    assert house.emulator.counts.executes == 2


async def test_an_answer_comes_late(house: House) -> None:
    house.emulator.set("get", "latency", delay_s=30)
    with pytest.raises(httpx.ReadTimeout):
        await house.client.get("/api/sandbox/one", timeout=0.05)


async def test_faults_are_set_seen_and_taken_away_over_http(house: House) -> None:
    fault = {"operation": "create", "kind": "quota", "first": 1, "last": 1}
    answer = await house.client.post("/emulator/faults", json=[fault, {**fault, "kind": "html"}])
    assert [each["kind"] for each in answer.json()["faults"]] == ["quota", "html"]
    assert (await house.api("POST", "/sandbox", json={})).status_code == 400
    assert (await house.client.delete("/emulator/faults")).status_code == 204
    assert (await house.client.get("/emulator/faults")).json() == {"faults": []}
    await house.create()
    counts = (await house.client.get("/emulator/counts")).json()
    assert (counts["created"], counts["alive"], counts["faults"]) == (1, 1, {"quota": 1})
    assert counts["requests"]["create"] == 2
    wrong = await house.client.post("/emulator/faults", json={"operation": "create"})
    assert wrong.status_code == 400


async def test_the_emulators_own_api_meets_no_fault(house: House) -> None:
    house.emulator.set("*", "server_error")
    assert (await house.client.get("/emulator/counts")).status_code == 200
    assert (await house.api("GET", "/config")).status_code == 500

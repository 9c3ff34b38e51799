"""Sandboxes over HTTP, as the contract with Daytona has them."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from daytona_validate._errors import SandboxUnavailable

if TYPE_CHECKING:
    from tests.emulator.conftest import House


async def test_a_create_answers_when_the_sandbox_has_started(house: House) -> None:
    sandbox = await house.create(
        name="run-1", labels={"app": "x"}, ttlMinutes=10, autoStopInterval=3, autoDeleteInterval=0
    )
    assert (sandbox["state"], sandbox["name"], sandbox["snapshot"]) == (
        "creating",  # the row as it was at first, which is what the real one answers with
        "run-1",
        "daytona-small",
    )
    assert (await house.api("GET", "/sandbox/run-1")).json()["state"] == "started"
    assert (sandbox["cpu"], sandbox["memory"], sandbox["disk"]) == (1, 1, 3)
    assert sandbox["autoDestroyAt"] == "2025-10-09T09:03:20.000Z"
    assert sandbox["toolboxProxyUrl"] == f"{house.emulator.origin}/toolbox"
    (made,) = house.machines.made
    assert made["languages"] == ("python", "javascript", "typescript")
    assert (made["memory_mib"], made["disk_mib"]) == (1024, 3072)


async def test_without_a_name_it_is_the_id(house: House) -> None:
    sandbox = await house.create()
    assert sandbox["name"] == sandbox["id"]
    assert (await house.api("GET", f"/sandbox/{sandbox['name']}")).json()["id"] == sandbox["id"]


async def test_a_taken_name_is_a_conflict_until_it_is_deleted(house: House) -> None:
    await house.create(name="one")
    taken = await house.api("POST", "/sandbox", json={"name": "one"})
    assert (taken.status_code, taken.json()["error"]) == (409, "Conflict")
    house.machines.may_remove.clear()
    assert (await house.api("DELETE", "/sandbox/one")).status_code == 200
    assert (await house.api("GET", "/sandbox/one")).status_code == 404
    await house.create(name="one")  # although the old one is still being removed
    house.machines.may_remove.set()
    await house.emulator.until(lambda counts: counts.deleted == 1)
    assert house.emulator.counts.alive == 1


async def test_deleting_takes_its_time(house: House) -> None:
    sandbox = await house.create()
    path = f"/sandbox/{sandbox['id']}"
    house.machines.may_remove.clear()
    gone = await house.api("DELETE", path)
    assert (gone.json()["state"], gone.json()["desiredState"]) == ("destroying", "destroyed")
    assert (await house.api("GET", path)).json()["state"] == "destroying"
    again = await house.api("DELETE", path)
    assert (again.status_code, again.json()["message"]) == (409, "Sandbox state change in progress")
    house.machines.may_remove.set()
    await house.emulator.until(lambda counts: counts.alive == 0)
    assert (await house.api("GET", path)).status_code == 404
    assert (await house.api("DELETE", path)).status_code == 404


async def test_while_it_starts_it_cannot_be_deleted(house: House) -> None:
    house.machines.may_make.clear()
    creating = asyncio.create_task(house.create(name="slow"))
    await house.emulator.until(lambda counts: counts.created == 1)
    assert (await house.api("GET", "/sandbox/slow")).json()["state"] == "creating"
    assert (await house.api("DELETE", "/sandbox/slow")).status_code == 409
    house.machines.may_make.set()
    assert (await creating)["state"] == "creating"
    assert (await house.api("GET", "/sandbox/slow")).json()["state"] == "started"


async def test_a_sandbox_that_fails_to_start_stays_and_has_no_id_in_the_answer(
    house: House,
) -> None:
    house.machines.fails_with = SandboxUnavailable("the disk is full")
    failed = await house.api("POST", "/sandbox", json={"name": "one"})
    assert failed.status_code == 400
    assert failed.json()["message"] == "Sandbox failed to start: the disk is full"
    row = (await house.api("GET", "/sandbox/one")).json()
    assert (row["state"], row["errorReason"]) == ("error", "the disk is full")
    assert house.emulator.counts.alive == 1
    assert (await house.api("DELETE", "/sandbox/one")).status_code == 200
    await house.emulator.until(lambda counts: counts.alive == 0)


async def test_a_full_quota_is_a_400(started: Any) -> None:
    async with started(max_sandboxes=1) as house:
        sandbox = await house.create()
        full = await house.api("POST", "/sandbox", json={})
        assert full.status_code == 400
        assert full.json()["message"] == "Total CPU limit exceeded. Maximum allowed: 1."
        await house.api("DELETE", f"/sandbox/{sandbox['id']}")
        await house.emulator.until(lambda counts: counts.alive == 0)
        await house.create()


@pytest.mark.parametrize("header", [None, "Bearer dtn_wrong", "Basic dtn_wrong", "Bearer"], ids=str)
async def test_without_the_key_every_door_is_shut(house: House, header: str | None) -> None:
    sandbox = await house.create()
    headers = {} if header is None else {"Authorization": header}
    async with httpx.AsyncClient(
        base_url=house.emulator.origin, headers=headers, trust_env=False, verify=False
    ) as stranger:
        refused = await stranger.get("/api/sandbox")
        assert (refused.status_code, refused.json()["error"]) == (401, "Unauthorized")
        url = f"/toolbox/{sandbox['id']}/process/execute"
        refused = await stranger.post(url, json={"command": "ls"})
        assert (refused.status_code, refused.json()["code"]) == (401, "UNAUTHORIZED")
        assert (await stranger.post("/emulator/faults", json={})).status_code == 401
        assert (await stranger.get("/api/config")).status_code == 200
    assert house.machines.commands == []


async def test_a_key_without_a_permission_is_forbidden(started: Any) -> None:
    async with started(permissions=["write:sandboxes"]) as house:
        sandbox = await house.create()
        refused = await house.api("DELETE", f"/sandbox/{sandbox['id']}")
        assert (refused.status_code, refused.json()["error"]) == (403, "Forbidden")
        key = (await house.api("GET", "/api-keys/current")).json()
        assert key["permissions"] == ["write:sandboxes"]
        assert house.emulator.api_key not in key["value"]


async def test_the_list_filters_and_pages(house: House) -> None:
    for number in range(3):
        await house.create(name=f"run-{number}", labels={"app": "x", "n": str(number)})
        house.clock.now_s += 1
    await house.create(name="other")
    params = {"labels": json.dumps({"app": "x"}), "limit": "2", "sort": "createdAt", "order": "asc"}
    first = (await house.api("GET", "/sandbox", params=params)).json()
    assert [each["name"] for each in first["items"]] == ["run-0", "run-1"]
    rest = await house.api("GET", "/sandbox", params={**params, "cursor": first["nextCursor"]})
    assert [each["name"] for each in rest.json()["items"]] == ["run-2"]
    assert rest.json()["nextCursor"] is None
    assert (await house.api("GET", "/sandbox", params={"limit": "0"})).status_code == 400


async def test_stopped_and_started_again(house: House) -> None:
    sandbox = await house.create(name="one")
    assert (await house.api("POST", "/sandbox/one/stop")).json()["desiredState"] == "stopped"
    await house.emulator.until(lambda _: True)
    assert (await house.api("GET", "/sandbox/one")).json()["state"] == "stopped"
    refused = await house.execute(sandbox, "ls")
    assert refused.status_code == 400
    assert refused.json()["message"].endswith("Is the Sandbox started?")
    await house.api("POST", "/sandbox/one/start")
    assert (await house.execute(sandbox, "ls")).status_code == 200


async def test_stopping_ends_what_runs(house: House) -> None:
    """Also a command whose client is gone, which nobody else would end."""
    sandbox = await house.create(name="one")
    running = asyncio.create_task(house.execute(sandbox, "hold"))
    await house.emulator.until(lambda counts: counts.executing == 1)
    await house.api("POST", "/sandbox/one/stop")
    assert (await running).status_code == 502
    assert house.emulator.counts.executing == 0
    assert (await house.api("GET", "/sandbox/one")).json()["state"] == "stopped"


async def test_where_its_toolbox_is(house: House) -> None:
    await house.create(name="one")
    url = (await house.api("GET", "/sandbox/one/toolbox-proxy-url")).json()["url"]
    assert url == f"{house.emulator.origin}/toolbox"


async def test_errors_of_the_control_plane_have_its_shape(house: House) -> None:
    missing = await house.api("GET", "/sandbox/nobody")
    body = missing.json()
    assert body.pop("timestamp").endswith("Z")
    assert body == {
        "path": "/api/sandbox/nobody",
        "statusCode": 404,
        "error": "Not Found",
        "message": "Sandbox with ID or name nobody not found",
    }
    assert missing.headers["X-Daytona-Api-Version"].startswith("v0.")
    broken = await house.client.post("/api/sandbox", content=b"{")
    assert broken.status_code == 400
    assert (await house.api("PUT", "/sandbox")).status_code == 404


async def test_any_other_address_is_the_dashboard(house: House) -> None:
    page = await house.client.post("/sandbox", json={})
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("snapshot", ["nobody", "resting"])
async def test_a_snapshot_that_cannot_be_used_is_a_400(house: House, snapshot: str) -> None:
    made = await house.api("POST", "/snapshots", json={"name": "resting", "imageName": "python:3"})
    path = f"/snapshots/{made.json()['id']}"
    while (await house.api("GET", path)).json()["state"] != "active":
        await asyncio.sleep(0)
    assert (await house.api("POST", f"{path}/deactivate")).status_code == 204
    refused = await house.api("POST", "/sandbox", json={"snapshot": snapshot})
    assert refused.status_code == 400
    assert ("is inactive" if snapshot == "resting" else "not found") in refused.json()["message"]

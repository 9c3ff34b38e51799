"""Snapshots over HTTP: built, read along, used, deactivated, deleted."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from daytona_validate._emulator.background_tasks import background_tasks
from daytona_validate._emulator.control_plane.builds import Builds
from daytona_validate._emulator.refusals import HttpRefusal

if TYPE_CHECKING:
    from tests.emulator.conftest import House

DOCKERFILE = (
    "FROM debian:12\n"
    'LABEL daytona-validate.language="typescript" daytona-validate.packages="left-pad"\n'
)
OWN = {"name": "own", "buildInfo": {"dockerfileContent": DOCKERFILE}, "memory": 2}


async def settled(house: House, snapshot: str) -> dict[str, Any]:
    while True:
        found: dict[str, Any] = (await house.api("GET", f"/snapshots/{snapshot}")).json()
        if found["state"] not in ("pending", "building", "pulling"):
            return found
        await asyncio.sleep(0)


async def test_the_default_one_is_there(house: House) -> None:
    (only,) = (await house.api("GET", "/snapshots")).json()["items"]
    assert (only["name"], only["state"], only["general"]) == ("daytona-small", "active", True)
    refused = await house.api("DELETE", f"/snapshots/{only['id']}")
    assert refused.status_code == 403


async def test_a_built_one_is_what_its_sandboxes_are_made_of(house: House) -> None:
    made = (await house.api("POST", "/snapshots", json=OWN)).json()
    assert made["state"] == "pending"
    assert (await settled(house, "own"))["state"] == "active"
    sandbox = await house.create(snapshot="own")
    assert (sandbox["snapshot"], sandbox["memory"]) == ("own", 2)
    prepared, used = house.machines.made
    for each in (prepared, used):
        assert (each["languages"], each["packages"]) == (("typescript",), ("left-pad",))
        assert each["memory_mib"] == 2048
    assert (await house.api("GET", "/snapshots/own")).json()["lastUsedAt"] is not None


async def test_a_build_can_be_read_along(house: House) -> None:
    house.machines.may_make.clear()
    made = (await house.api("POST", "/snapshots", json=OWN)).json()
    url = (await house.api("GET", f"/snapshots/{made['id']}/build-logs-url")).json()["url"]
    seen = []
    async with house.client.stream("GET", url, params={"follow": "true"}) as log:
        async for chunk in log.aiter_text():
            seen.append(chunk)
            house.machines.may_make.set()  # it was read while the build went on
    assert "".join(seen).startswith("The emulator builds nothing: it prepares typescript")
    assert "".join(seen).endswith("Ready.\n")
    assert (await house.client.get(url)).text == "".join(seen)


@pytest.mark.parametrize(
    ("body", "state", "reason"),
    [
        pytest.param(
            {"buildInfo": {"dockerfileContent": "FROM ruby:3.3\n"}},
            "build_failed",
            "no image 'ruby:3.3'",
            id="unknown image",
        ),
        pytest.param({"imageName": "ruby:3.3"}, "error", "no image 'ruby:3.3'", id="to be pulled"),
        pytest.param(
            {"buildInfo": {"dockerfileContent": DOCKERFILE.replace("left-pad", "cobol")}},
            "build_failed",
            "no such package: cobol",
            id="what the machine says",
        ),
    ],
)
async def test_a_build_that_fails_says_why(
    house: House, body: dict[str, Any], state: str, reason: str
) -> None:
    await house.api("POST", "/snapshots", json={"name": "own", **body})
    found = await settled(house, "own")
    assert found["state"] == state
    assert reason in found["errorReason"]
    refused = await house.api("POST", "/sandbox", json={"snapshot": "own"})
    assert refused.json()["message"] == f"Snapshot own is {state}"


async def test_the_log_of_a_build_that_fails_ends(house: House) -> None:
    """Whoever reads along would wait for ever."""
    build = {"buildInfo": {"dockerfileContent": "FROM ruby:3.3\n"}}
    await house.api("POST", "/snapshots", json={"name": "own", **build})
    sandbox = await house.create(**build)
    for path in ("/snapshots/own", f"/sandbox/{sandbox['id']}"):
        url = (await house.api("GET", f"{path}/build-logs-url")).json()["url"]
        log = await house.client.get(url, params={"follow": "true"})
        assert log.text.startswith("ERROR: The emulator has no Docker")


async def test_what_was_never_built_has_an_empty_log_or_none(house: House) -> None:
    path = "/snapshots/daytona-small/build-logs"
    assert (await house.api("GET", path, params={"follow": "true"})).text == ""
    for nobody in ("/snapshots/nobody", "/sandbox/nobody"):
        assert (await house.api("GET", f"{nobody}/build-logs-url")).status_code == 404
        assert (await house.api("GET", f"{nobody}/build-logs")).status_code == 404


async def test_a_build_goes_on_when_its_snapshot_is_deleted(house: House) -> None:
    machines = house.machines
    async with background_tasks() as tasks:
        builds = Builds(machines, tasks, clock=house.clock, minute_s=60)
        snapshot = builds.create(OWN)
        machines.may_make.clear()
        while not machines.made:
            await asyncio.sleep(0)
        builds.delete(snapshot.id)
        house.clock.now_s += 10
        builds.notice("a line of the toolchains'")  # which harms nobody
        with pytest.raises(HttpRefusal):
            builds.get(snapshot.id)
        machines.may_make.set()


async def test_an_inactive_one_is_activated_again(house: House) -> None:
    path = f"/snapshots/{(await house.api('POST', '/snapshots', json=OWN)).json()['id']}"
    await settled(house, "own")
    assert (await house.api("POST", f"{path}/deactivate")).status_code == 204
    house.clock.now_s += 600
    assert (await house.api("POST", f"{path}/activate")).json()["state"] == "pending"
    assert (await settled(house, "own"))["state"] == "active"


async def test_only_an_inactive_one_can_be_activated(house: House) -> None:
    """Whoever is slower than somebody else is told so by a 400, as by the real API."""
    snapshot = (await house.api("POST", "/snapshots", json=OWN)).json()["id"]
    path = f"/snapshots/{snapshot}"
    await settled(house, "own")
    slower = await house.api("POST", f"{path}/activate")
    assert (slower.status_code, slower.json()["message"]) == (
        400,
        f"Snapshot {snapshot} is already active",
    )
    await house.api("POST", f"{path}/deactivate")
    house.clock.now_s += 600
    house.machines.may_make.clear()
    assert (await house.api("POST", f"{path}/activate")).status_code == 200
    slower = await house.api("POST", f"{path}/activate")
    assert slower.status_code == 400
    assert "cannot be activated - it is in " in slower.json()["message"]
    house.machines.may_make.set()


async def test_one_that_was_deactivated_a_short_while_ago_cannot_be_activated(house: House) -> None:
    path = f"/snapshots/{(await house.api('POST', '/snapshots', json=OWN)).json()['id']}"
    await settled(house, "own")
    for seconds_later in (0, 300):  # the second time changes nothing, and says nothing
        house.clock.now_s += seconds_later
        assert (await house.api("POST", f"{path}/deactivate")).status_code == 204
    house.clock.now_s += 299
    early = await house.api("POST", f"{path}/activate")
    assert (early.status_code, early.json()["message"]) == (
        400,
        "Snapshot deactivation is still in progress. Please try again in a few minutes.",
    )
    house.clock.now_s += 1
    assert (await house.api("POST", f"{path}/activate")).status_code == 200


async def test_one_that_is_deactivated_while_it_is_built_stays_so(house: House) -> None:
    house.machines.may_make.clear()
    path = f"/snapshots/{(await house.api('POST', '/snapshots', json=OWN)).json()['id']}"
    assert (await house.api("POST", f"{path}/deactivate")).status_code == 204
    house.machines.may_make.set()
    url = (await house.api("GET", f"{path}/build-logs-url")).json()["url"]
    await house.client.get(url, params={"follow": "true"})
    assert (await house.api("GET", path)).json()["state"] == "inactive"


async def test_a_deleted_one_is_there_for_a_while_and_keeps_its_name(house: House) -> None:
    path = f"/snapshots/{(await house.api('POST', '/snapshots', json=OWN)).json()['id']}"
    assert (await house.api("DELETE", path)).status_code == 200
    for seconds_later in (0, 9):
        house.clock.now_s += seconds_later
        assert (await house.api("GET", "/snapshots/own")).json()["state"] == "removing"
        assert (await house.api("POST", "/snapshots", json=OWN)).status_code == 409
        assert (await house.api("DELETE", path)).status_code == 200  # and it is gone no later
    refused = await house.api("POST", "/sandbox", json={"snapshot": "own"})
    assert refused.json()["message"] == "Snapshot own is removing"
    house.clock.now_s += 1
    assert (await house.api("GET", path)).status_code == 404
    assert (await house.api("DELETE", path)).status_code == 404
    assert (await house.api("GET", "/snapshots")).json()["total"] == 1
    assert (await house.api("POST", "/snapshots", json=OWN)).status_code == 200


async def test_snapshots_are_paged(house: House) -> None:
    await house.api("POST", "/snapshots", json=OWN)
    page = (await house.api("GET", "/snapshots", params={"limit": "1", "page": "2"})).json()
    assert (page["total"], page["page"], page["totalPages"], len(page["items"])) == (2, 2, 2, 1)
    assert (await house.api("GET", "/snapshots", params={"page": "0"})).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        {"name": "x"},
        {"name": "", "imageName": "python:3"},
        {"name": "x", "imageName": "python"},
        {"name": "x", "imageName": "python:latest"},
        {"name": "x", "imageName": "python:3", "buildInfo": {"dockerfileContent": "FROM a"}},
        {"name": "x", "buildInfo": {"dockerfileContent": "FROM a"}, "entrypoint": ["sh"]},
        {"name": "x", "imageName": "python:3", "cpu": 99},
    ],
    ids=str,
)
async def test_a_snapshot_that_makes_no_sense_is_a_400(house: House, body: Any) -> None:
    assert (await house.api("POST", "/snapshots", json=body)).status_code == 400


async def test_a_sandbox_may_bring_its_own_dockerfile(house: House) -> None:
    house.machines.may_make.clear()
    build = {"buildInfo": {"dockerfileContent": DOCKERFILE}, "cpu": 2}
    sandbox = await house.create(**build)
    assert (sandbox["state"], sandbox["snapshot"], sandbox["cpu"]) == ("pending_build", None, 2)
    url = (await house.api("GET", f"/sandbox/{sandbox['id']}/build-logs-url")).json()["url"]
    house.machines.may_make.set()
    log = await house.client.get(url, params={"follow": "true"})
    assert log.text.endswith("Ready.\n")
    await house.emulator.until(lambda counts: counts.machines == 1)
    ready = (await house.api("GET", f"/sandbox/{sandbox['id']}")).json()
    assert ready["state"] == "started"
    assert ready["buildInfo"]["dockerfileContent"] == DOCKERFILE


async def test_a_sandbox_whose_build_fails_says_so(house: House) -> None:
    sandbox = await house.create(buildInfo={"dockerfileContent": "FROM ruby:3.3\n"})
    path = f"/sandbox/{sandbox['id']}"
    while (await house.api("GET", path)).json()["state"] != "build_failed":
        await asyncio.sleep(0)
    assert "ruby" in (await house.api("GET", path)).json()["errorReason"]
    assert (await house.api("DELETE", path)).status_code == 200

"""What is sent for a sandbox, and how its start is waited for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import httpx
import pytest

from daytona_validate import Limits, SandboxSpec, Snippet
from daytona_validate._errors import SandboxUnavailable
from daytona_validate._providers.daytona.creation import LOST_POLLS
from daytona_validate._providers.daytona.provider import DaytonaProvider

if TYPE_CHECKING:
    from tests.providers.daytona.provider.conftest import Cloud, FakeTime

STATES_ON_THE_WAY = ["creating", "unknown", "starting", "restoring", "pulling_snapshot"]


async def held(provider: DaytonaProvider, spec: SandboxSpec) -> str:
    """Hold a sandbox, leave it, wait until it is removed; return its id."""
    async with provider.open(spec) as sandbox:
        sandbox_id = sandbox.sandbox_id
    await provider.aclose()
    return sandbox_id


async def test_a_sandbox_that_is_started_at_once_costs_two_requests(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, time: FakeTime
) -> None:
    sandbox_id = await held(provider, spec)
    assert cloud.asked == ["POST /sandbox", "DELETE /sandbox"]
    assert sandbox_id == cloud.bodies[0]["name"]
    assert not cloud.alive
    assert time.slept_s == []


@pytest.mark.parametrize("state", STATES_ON_THE_WAY)
async def test_one_that_is_not_yet_costs_one_look_more_and_that_at_once(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, time: FakeTime, state: str
) -> None:
    """The answer to the request is from before the start, though it comes after it."""
    cloud.states.append(state)
    await held(provider, spec)
    assert cloud.asked == ["POST /sandbox", "GET /sandbox", "DELETE /sandbox"]
    assert time.slept_s == [0.0]


async def test_then_it_is_looked_for_more_and_more_slowly(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, time: FakeTime
) -> None:
    cloud.states.extend(["creating"] * 9)
    await held(provider, spec)
    assert time.slept_s == pytest.approx([0.0, 0.1, 0.15, 0.25, 0.4, 0.6, 1.0, 1.0, 1.0])


async def test_a_state_that_nobody_knows_is_waited_for(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec
) -> None:
    cloud.states.extend(["half_asleep"] * 30)
    await held(provider, spec)
    assert cloud.count("GET /sandbox") == 30


@pytest.mark.parametrize("state", ["error", "build_failed", "stopped", "archived", "destroyed"])
async def test_a_state_that_leads_nowhere_is_said_with_its_reason_and_the_sandbox_removed(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, state: str
) -> None:
    cloud.states.append("creating")
    broken = {"id": "id-1", "state": state, "errorReason": "no space left"}
    cloud.answers("GET /sandbox", httpx.Response(200, json=broken))
    with pytest.raises(SandboxUnavailable, match=f"{state} instead of started: no space left") as e:
        async with provider.open(spec):
            pass
    assert e.value.retryable
    await provider.aclose()
    assert (cloud.created, cloud.deleted) == (1, 1)


async def test_where_it_is_reached_is_remembered_from_the_first_answer(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec
) -> None:
    cloud.states.append("creating")
    cloud.answers("GET /sandbox", httpx.Response(200, json={"id": "id-1", "state": "started"}))
    async with provider.open(spec) as sandbox:
        await sandbox.run(Snippet(code="print(1)", language="python"))
        assert cloud.asked == ["POST /sandbox", "GET /sandbox", "execute"]


async def test_lost_answers_on_the_way_are_borne(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec
) -> None:
    cloud.states.append("creating")
    cloud.answers(
        "GET /sandbox", httpx.ReadError("cut"), httpx.Response(500), httpx.Response(200, text="{")
    )
    await held(provider, spec)
    assert cloud.count("GET /sandbox") == 4
    assert cloud.count("POST /sandbox") == 1


async def test_but_not_for_ever(cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec) -> None:
    cloud.states.append("creating")
    cloud.answers("GET /sandbox", *[httpx.Response(500)] * 99)
    with pytest.raises(SandboxUnavailable):
        await held(provider, spec)
    assert cloud.count("GET /sandbox") == LOST_POLLS
    cloud._scripts.clear()
    await provider.aclose()
    assert not cloud.alive


async def test_a_sandbox_that_vanishes_on_the_way_is_worth_another_try(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec
) -> None:
    cloud.states.append("creating")
    cloud.answers("GET /sandbox", httpx.Response(404, json={"message": "not found"}))
    with pytest.raises(SandboxUnavailable, match="deleted before it had started") as caught:
        await held(provider, spec)
    assert caught.value.retryable


async def test_the_request_says_what_we_want_and_nothing_that_costs_a_warm_sandbox(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec
) -> None:
    await held(provider, spec)
    (body,) = cloud.bodies
    name, snapshot = body.pop("name"), body.pop("snapshot")
    assert name.startswith("daytona-validate-")
    assert len(name) == len("daytona-validate-") + 32
    assert snapshot.startswith("daytona-validate-python-")
    labels = body.pop("labels")
    assert len(labels.pop("run")) == 8
    assert labels == {"app": "daytona-validate", "host": "host-1", "created": "1700000000"}
    assert body == {
        "autoStopInterval": 3,
        "autoDeleteInterval": 0,
        "ttlMinutes": 6,  # 60 to create + 4 * 30 to run + 20 + 120 to spare
        "networkBlockAll": True,
    }


async def test_settings_change_the_request(
    cloud: Cloud, make: Callable[..., DaytonaProvider], spec: SandboxSpec
) -> None:
    provider = make(network="organization", target="eu", create_timeout_s=600)
    await held(provider, spec)
    (body,) = cloud.bodies
    assert "networkBlockAll" not in body
    assert body["target"] == "eu"
    assert body["ttlMinutes"] == 15


async def test_each_sandbox_has_a_name_of_its_own(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec
) -> None:
    async with provider.open(spec) as one, provider.open(spec) as other:
        assert one.sandbox_id != other.sandbox_id


async def test_snippets_share_a_snapshot_unless_one_is_granted_more(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec
) -> None:
    for memory_mib in (512, 64, 4096):
        wanted = SandboxSpec(language="python", limits=Limits(memory_mib=memory_mib))
        await provider.prepare(wanted)
        async with provider.open(wanted):
            pass
    usual, smaller, larger = (body["snapshot"] for body in cloud.bodies)
    assert usual == smaller != larger

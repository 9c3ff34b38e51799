"""A snapshot that has no supervisor of ours says so once; from then on each run brings it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest

from daytona_validate import Limits, SandboxSpec, Snippet
from daytona_validate._errors import SandboxLost
from daytona_validate._providers.daytona.envelope.supervisor import CARRIED
from daytona_validate._providers.daytona.provider import DaytonaProvider

if TYPE_CHECKING:
    from tests.providers.daytona.provider.conftest import Cloud

NONCE = re.compile(r"^nonce (\w+)$", re.MULTILINE)


async def says_so(received: httpx.Request) -> httpx.Response:
    """Answer as a sandbox does that has no supervisor."""
    (nonce,) = NONCE.findall(json.loads(received.content)["command"])
    return httpx.Response(200, json={"exitCode": 0, "result": f"{nonce} absent missing\n"})


async def run(provider: DaytonaProvider, spec: SandboxSpec) -> int | None:
    """Return the exit code of a program."""
    async with provider.open(spec) as sandbox:
        execution = await sandbox.run(Snippet(code="print('héllo')", language="python"))
    return execution.steps[0].exit_code


def carried(cloud: Cloud) -> list[bool]:
    """Return of each run's script whether it brought the supervisor."""
    return [CARRIED in body["command"] for body in cloud.runs]


async def test_from_then_on_each_run_of_that_snapshot_brings_it(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "daytona_validate")
    cloud.answers("execute", says_so)
    assert await run(provider, spec) == 0
    assert await run(provider, spec) == 0
    assert carried(cloud) == [False, True, True]
    nonces = [NONCE.findall(body["command"])[0] for body in cloud.runs]
    assert len(set(nonces)) == len(nonces)
    (told,) = [each for each in caplog.messages if "is sent with each run" in each]
    assert f"{cloud.bodies[0]['snapshot']}, whose own cannot be used: there is none." in told


async def test_other_snapshots_and_providers_find_out_for_themselves(
    cloud: Cloud, provider: DaytonaProvider, make: Callable[..., DaytonaProvider], spec: SandboxSpec
) -> None:
    cloud.answers("execute", says_so)
    await run(provider, spec)
    await run(provider, replace(spec, limits=Limits(memory_mib=2000)))
    await run(make(), spec)
    assert carried(cloud) == [False, True, False, False]


async def test_a_sandbox_that_was_sent_it_and_lacks_it_still_is_not_believed(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec
) -> None:
    cloud.answers("execute", says_so, says_so)
    with pytest.raises(SandboxLost):
        await run(provider, spec)
    assert carried(cloud) == [False, True]


async def test_either_request_is_sent_again_where_its_answer_is_lost(
    cloud: Cloud, provider: DaytonaProvider, spec: SandboxSpec
) -> None:
    lost = httpx.ReadError("reset")
    cloud.answers("execute", lost, says_so, lost)
    assert await run(provider, spec) == 0
    assert carried(cloud) == [False, False, True, True]

"""Snippets that share sandboxes, from the validator to the jail: none finds what another left."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from daytona_validate import CodeValidationResult, Limits, Outcome, Snippet, Validator
from daytona_validate._emulator.handle import Emulator
from daytona_validate._emulator.machines.emulated_machines import EmulatedMachines
from daytona_validate._emulator.serve import emulator
from daytona_validate._providers.daytona.images import image, resources_for
from daytona_validate._providers.daytona.snapshots import build
from daytona_validate._providers.daytona.wire.service import Service
from daytona_validate._providers.daytona.wire.transport import http_client
from eventually import eventually
from plain_settings import plain_settings
from plants_for_next_use import NOT_EMULATED, PLANTS

pytestmark = [
    pytest.mark.jail,
    pytest.mark.slow,
    pytest.mark.thorough,
    pytest.mark.timeout(300),
]

LIMIT_S = 4.0
AWAY = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork(): os._exit(0)
    open('/tmp/begun', 'w').close()
    while True: time.sleep(1)
while not os.path.exists('/tmp/begun'): time.sleep(0.001)
"""
COST = {
    "leaves a process": AWAY,
    "is ended by a signal": "import os; os.kill(os.getpid(), 11)",
    "takes too long": "import time; time.sleep(60)",
    "prints too much": "while True: print('x' * 65536)",
}


@pytest.fixture
async def emulated(jail_machines: EmulatedMachines) -> AsyncIterator[Emulator]:
    if jail_machines.ids is None:
        pytest.skip("this caller has no ids to give to machines")
    async with emulator(machines=jail_machines) as running, http_client() as client:
        key = SecretStr(running.api_key)
        service = Service(running.base_url, key, client, request_timeout_s=30)
        await build(service, image("python", (), resources_for(Limits(), cpu=1)))
        yield running
        await eventually(lambda: running.counts.alive == 0)


async def judged(emulated: Emulator, *programs: str) -> list[CodeValidationResult]:
    """Return the results of programs that come one after the other."""
    config = plain_settings(
        api_key=emulated.api_key,
        base_url=emulated.base_url,
        snippets_per_sandbox=20,
        concurrency=1,
    )
    snippets = [Snippet(code=each, language="python", timeout_s=LIMIT_S) for each in programs]
    async with Validator(config, provider="daytona") as validator:
        return await validator.validate_many(snippets)


async def test_no_plant_of_one_is_found_by_the_next(emulated: Emulator) -> None:
    names = [each for each in PLANTS if each not in NOT_EMULATED]
    plants = [PLANTS[each] for each in names]
    results = await judged(
        emulated, *(code for each in plants for code in (each.planting, each.looking))
    )
    assert [each.outcome for each in results] == [Outcome.PASSED] * len(results)
    found = {name: result.output for name, result in zip(names, results[1::2], strict=True)}
    assert {name: output for name, output in found.items() if output.strip()} == {}
    assert [each.sandbox_use for each in results[:20]] == list(range(1, 21))
    assert len({each.sandbox_id for each in results[:20]}) == 1


@pytest.mark.parametrize("code", COST.values(), ids=COST)
async def test_what_a_snippet_did_costs_it_its_sandbox(emulated: Emulator, code: str) -> None:
    results = await judged(emulated, "print(1)", code, "print(3)", "print(4)")
    assert [each.sandbox_use for each in results] == [1, 2, 1, 2]
    assert [each.output for each in (results[0], *results[2:])] == ["1\n", "3\n", "4\n"]
    assert results[0].sandbox_id == results[1].sandbox_id != results[2].sandbox_id

"""A service that does not work, works again, or refuses the key: few requests, and an end soon."""

from __future__ import annotations

import asyncio

import pytest
from tests.simulation.conftest import Table, batch, simulated
from tests.simulation.simulated_daytona import SimulatedDaytona

from daytona_validate import Fault
from daytona_validate._providers.daytona.circuit import LONGEST_PAUSE_S

pytestmark = [pytest.mark.virtual_time, pytest.mark.slow]

AT_ONCE = 100
TRIES = 8
"""Beyond those under way when it began: a few probes."""


@pytest.mark.parametrize("trouble", ["refused connections", "errors", "nonsense", "silence"])
async def test_a_dead_service_ends_a_batch_after_few_tries(table: Table, trouble: str) -> None:
    daytona = SimulatedDaytona(trouble=trouble)
    async with simulated(daytona, concurrency=AT_ONCE) as validator:
        done = await batch(validator, 5000)
    table.line(f"dead: {trouble}, {AT_ONCE} at a time", done, daytona)
    assert done.outcomes == {"unavailable": 5000}
    assert daytona.creations <= AT_ONCE + TRIES
    assert done.took_s < (15 if trouble != "silence" else 80)
    assert {result.fault for result in done.results} == {Fault.INFRASTRUCTURE}
    last = done.results[-1].details
    assert "Daytona fails again and again" in last
    assert "one try at a time" in last
    assert len(done.details()) <= 3, "a batch that fails for one reason fails with few texts"


async def test_a_service_that_restarts_costs_no_verdict(table: Table) -> None:
    daytona = SimulatedDaytona(pool=50)
    async with simulated(daytona, concurrency=50) as validator:
        loop = asyncio.get_running_loop()
        loop.call_later(10, setattr, daytona, "trouble", "refused connections")
        loop.call_later(13, setattr, daytona, "trouble", "")
        done = await batch(validator, 500)
    table.line("away for 3 s, 50 at a time", done, daytona)
    assert done.outcomes == {"passed": 500}
    assert daytona.answers["refused connections"] <= 50 + TRIES
    assert done.took_s < 20 + 3 + 10


async def test_after_an_outage_the_first_probe_that_comes_through_opens_the_way(
    table: Table,
) -> None:
    daytona = SimulatedDaytona(trouble="errors")
    async with simulated(daytona, concurrency=AT_ONCE) as validator:
        first = await batch(validator, 1000)
        asked = daytona.creations
        refused = await batch(validator, 1000)
        assert daytona.creations - asked <= 1
        daytona.trouble = ""
        await asyncio.sleep(LONGEST_PAUSE_S)
        probe = await batch(validator, 1)
        done = await batch(validator, 1000)
    table.line("dead, and a minute later back", done, daytona)
    assert first.outcomes == refused.outcomes == {"unavailable": 1000}
    assert refused.took_s < 1
    assert probe.outcomes == {"passed": 1}
    assert done.outcomes == {"passed": 1000}


async def test_an_open_circuit_lets_one_try_at_a_time(table: Table) -> None:
    daytona = SimulatedDaytona(trouble="errors")
    async with simulated(daytona, concurrency=AT_ONCE) as validator:
        await batch(validator, 200)
        asked = daytona.creations
        for _ in range(60):
            await asyncio.sleep(10)
            await batch(validator, 50)
    in_ten_minutes = daytona.creations - asked
    assert 8 <= in_ten_minutes <= 15


async def test_a_refused_key_ends_a_batch_with_those_under_way(table: Table) -> None:
    daytona = SimulatedDaytona(trouble="key")
    async with simulated(daytona, concurrency=AT_ONCE) as validator:
        done = await batch(validator, 5000)
    table.line(f"refused key, {AT_ONCE} at a time", done, daytona)
    assert done.outcomes == {"unavailable": 5000}
    assert daytona.creations == AT_ONCE
    assert done.took_s < 1
    assert len(done.details()) == 1


async def test_a_key_that_is_refused_in_the_middle_is_told_to_those_who_wait() -> None:
    daytona = SimulatedDaytona(pool=10)
    async with simulated(daytona, concurrency=AT_ONCE, run_s=10.0) as validator:
        loop = asyncio.get_running_loop()
        loop.call_later(5, setattr, daytona, "trouble", "key")
        loop.call_later(20, setattr, daytona, "trouble", "")  # so that removals come through
        done = await batch(validator, 1000)
    assert done.outcomes == {"passed": 10, "unavailable": 990}
    assert daytona.answers["key"] <= 3
    assert done.took_s < 20


async def test_who_waits_for_a_rate_is_told_of_a_refused_key_at_once() -> None:
    daytona = SimulatedDaytona(per_minute=20)
    async with simulated(daytona, concurrency=30, run_s=5.0) as validator:
        loop = asyncio.get_running_loop()
        loop.call_later(30, setattr, daytona, "trouble", "key")
        loop.call_later(80, setattr, daytona, "trouble", "")
        done = await batch(validator, 1000)
    assert done.outcomes == {"passed": 20, "unavailable": 980}
    assert daytona.answers["key"] <= 30
    assert done.took_s < 70

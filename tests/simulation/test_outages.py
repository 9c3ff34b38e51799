"""A service that does not work, works again, or refuses the key: few requests, and an end soon."""

from __future__ import annotations

import asyncio

import pytest
from tests.simulation.conftest import Table, batch, simulated
from tests.simulation.simulated_daytona import AUTO_STOP_S, SimulatedDaytona

from daytona_validate import Fault
from daytona_validate._providers.daytona.circuit import LONGEST_PAUSE_OPEN_S, SUSPECT_AFTER

pytestmark = [pytest.mark.virtual_time, pytest.mark.slow, pytest.mark.thorough]

AT_ONCE = 100
TRIES = 10
"""Beyond those under way when it began: a few probes."""


@pytest.mark.parametrize("trouble", ["refused connections", "errors", "nonsense", "silence"])
async def test_a_dead_service_ends_a_batch_after_few_tries(table: Table, trouble: str) -> None:
    daytona = SimulatedDaytona(trouble=trouble)
    async with simulated(daytona, concurrency=AT_ONCE) as validator:
        done = await batch(validator, 5000)
    table.line(f"dead: {trouble}, {AT_ONCE} at a time", done, daytona)
    assert done.outcomes == {"unavailable": 5000}
    assert daytona.creations <= AT_ONCE + TRIES
    assert 60 <= done.took_s < (75 if trouble != "silence" else 160)
    assert {result.fault for result in done.results} == {Fault.INFRASTRUCTURE}
    last = done.results[-1].details
    assert "Daytona fails again and again" in last
    assert "one try at a time" in last
    assert len(done.details()) <= 3, "a batch that fails for one reason fails with few texts"


@pytest.mark.parametrize("languages", [["python"], ["python", "go", "java", "sql"]])
@pytest.mark.parametrize("concurrency", [10, 50])
@pytest.mark.parametrize("away_s", [3, 15, 60])
@pytest.mark.parametrize("trouble", ["refused connections", "errors"])
async def test_an_outage_of_a_minute_costs_no_verdict(
    table: Table, trouble: str, away_s: float, concurrency: int, languages: list[str]
) -> None:
    daytona = SimulatedDaytona(pool=concurrency)
    async with simulated(daytona, concurrency=concurrency) as validator:
        loop = asyncio.get_running_loop()
        loop.call_later(10, setattr, daytona, "trouble", trouble)
        loop.call_later(10 + away_s, setattr, daytona, "trouble", "")
        done = await batch(validator, 40 * concurrency, *languages)
    what = f"{trouble} for {away_s} s, {concurrency} at a time, {len(languages)} languages"
    table.line(what, done, daytona)
    assert done.outcomes == {"passed": 40 * concurrency}
    assert daytona.answers[trouble] <= concurrency + 2 * SUSPECT_AFTER + TRIES * len(languages)
    # Of what is not deleted within a minute Daytona gives the places back by itself.
    lost_s = AUTO_STOP_S if daytona.expired else 0
    assert done.took_s < 2 * (40 * 2.1 + away_s) + lost_s


@pytest.mark.parametrize("trouble", ["errors", "nonsense", "silence"])
async def test_a_snapshot_that_does_not_work_cuts_off_no_other(table: Table, trouble: str) -> None:
    """Whatever comes after a request was sent may be for the snapshot's sake."""
    daytona = SimulatedDaytona(trouble=trouble, trouble_of="go")
    async with simulated(daytona, concurrency=10) as validator:
        broken = asyncio.create_task(batch(validator, 200, "go"))
        first = await batch(validator, 200, "python", "java")
        after = await batch(validator, 200, "python", "java")
        table.line(f"{trouble} of one snapshot, 10 at a time", await broken, daytona)
    assert (await broken).outcomes == {"unavailable": 200}
    assert first.outcomes == after.outcomes == {"passed": 200}
    assert daytona.answers[trouble] <= 3 * 10 + TRIES


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
        await asyncio.sleep(LONGEST_PAUSE_OPEN_S)
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

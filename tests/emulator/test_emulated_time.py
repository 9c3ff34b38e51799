"""Auto-stop, auto-delete and time to live: what an emulator does by itself."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

MINUTE_S = 0.0625  # a sum of powers of two: a clock adds it without rounding


@pytest.fixture
def short(started: Any) -> Any:
    """Start an emulator that looks every hundredth of a second, with a clock of the test's."""
    return lambda: started(minute_s=MINUTE_S)


async def test_an_idle_sandbox_is_destroyed_instead_of_stopped(short: Any) -> None:
    async with short() as house:
        await house.create(autoStopInterval=2, autoDeleteInterval=0)
        house.clock.now_s += 2 * MINUTE_S
        await house.emulator.until(lambda counts: counts.deleted == 1)
        assert house.emulator.counts.expired == 1


async def test_an_idle_sandbox_is_stopped_and_later_deleted(short: Any) -> None:
    async with short() as house:
        sandbox = await house.create(autoStopInterval=1, autoDeleteInterval=5)
        house.clock.now_s += MINUTE_S
        path = f"/sandbox/{sandbox['id']}"
        while (await house.api("GET", path)).json()["state"] != "stopped":
            await asyncio.sleep(0)
        house.clock.now_s += 5 * MINUTE_S
        await house.emulator.until(lambda counts: counts.deleted == 1)


async def test_time_to_live_ends_it_under_a_command(short: Any) -> None:
    async with short() as house:
        sandbox = await house.create(ttlMinutes=3, autoStopInterval=0)
        running = asyncio.create_task(house.execute(sandbox, "hold"))
        await house.emulator.until(lambda counts: counts.executing == 1)
        house.clock.now_s += 3 * MINUTE_S
        assert (await running).status_code == 502
        await house.emulator.until(lambda counts: counts.alive == 0)


async def test_a_command_that_is_waited_for_keeps_it_alive(short: Any) -> None:
    async with short() as house:
        sandbox = await house.create(autoStopInterval=1, autoDeleteInterval=0)
        other = await house.create(autoStopInterval=1, autoDeleteInterval=0)
        running = asyncio.create_task(house.execute(sandbox, "hold"))
        await house.emulator.until(lambda counts: counts.executing == 1)
        house.clock.now_s += 10 * MINUTE_S
        await house.emulator.until(lambda counts: counts.deleted == 1)
        assert (await house.api("GET", f"/sandbox/{other['id']}")).status_code == 404
        house.machines.release.set()
        assert (await running).status_code == 200
        house.clock.now_s += MINUTE_S
        await house.emulator.until(lambda counts: counts.deleted == 2)


async def test_asking_for_it_is_no_activity(short: Any) -> None:
    async with short() as house:
        sandbox = await house.create(autoStopInterval=1, autoDeleteInterval=0)
        house.clock.now_s += 0.9 * MINUTE_S
        await house.api("GET", f"/sandbox/{sandbox['id']}")
        house.clock.now_s += 0.2 * MINUTE_S
        await house.emulator.until(lambda counts: counts.deleted == 1)


async def test_what_never_starts_ends_by_its_time_to_live(short: Any) -> None:
    async with short() as house:
        house.machines.may_make.clear()
        creating = asyncio.create_task(
            house.client.post("/api/sandbox", json={"ttlMinutes": 1, "autoStopInterval": 1})
        )
        await house.emulator.until(lambda counts: counts.created == 1)
        house.clock.now_s += 5 * MINUTE_S
        await house.emulator.until(lambda counts: counts.expired == 1)
        house.machines.may_make.set()
        await house.emulator.until(lambda counts: counts.alive == 0)
        await creating
        assert house.emulator.counts.expired == 1

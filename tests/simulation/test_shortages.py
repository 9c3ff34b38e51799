"""A pool that is full and rates that are exceeded: little is asked for in vain, none starves."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest
from tests.simulation.conftest import Table, batch, simulated
from tests.simulation.simulated_daytona import ANSWER_S, SimulatedDaytona

from daytona_validate import Snippet

pytestmark = [pytest.mark.virtual_time, pytest.mark.slow, pytest.mark.thorough]

SNIPPETS = 500
ONE_S = 1.0 + 1.0 + ANSWER_S
"""One sandbox: created, used, deleted."""


async def test_without_a_limit_all_are_asked_for_at_once(table: Table) -> None:
    daytona = SimulatedDaytona()
    async with simulated(daytona, concurrency=1000) as validator:
        done = await batch(validator, 1000)
    table.line("no limit, 1,000 at a time", done, daytona, 2.0)
    assert (done.outcomes["passed"], daytona.wasted) == (1000, 0)
    assert done.took_s == pytest.approx(2.0)


@pytest.mark.parametrize("concurrency", [10, 50, 200])
async def test_a_pool_of_ten_is_used_up_and_hardly_asked_for_more(
    table: Table, concurrency: int
) -> None:
    daytona, dice = SimulatedDaytona(pool=10), random.Random(concurrency)
    async with simulated(
        daytona, concurrency=concurrency, run_s=lambda: dice.uniform(0.5, 1.5)
    ) as validator:
        done = await batch(validator, SNIPPETS)
    ideal_s = SNIPPETS / 10 * ONE_S
    table.line(f"a pool of 10, {concurrency} at a time", done, daytona, ideal_s)
    assert done.outcomes["passed"] == SNIPPETS
    assert daytona.most == 10
    assert ideal_s / done.took_s >= 0.9
    first, later = max(0, concurrency - 10), 0.15 * SNIPPETS
    assert daytona.wasted <= first + later


async def test_where_sandboxes_count_for_a_while_after_their_deletion(table: Table) -> None:
    daytona, dice = SimulatedDaytona(pool=10, destroy_s=2.0), random.Random(1)
    async with simulated(
        daytona, concurrency=50, run_s=lambda: dice.uniform(0.5, 1.5)
    ) as validator:
        done = await batch(validator, SNIPPETS)
    ideal_s = SNIPPETS / 10 * (ONE_S + 2.0)
    table.line("a pool of 10 that is freed 2 s late, 50 at a time", done, daytona, ideal_s)
    assert done.outcomes["passed"] == SNIPPETS
    assert ideal_s / done.took_s >= 0.8
    assert daytona.wasted <= 2 * SNIPPETS


async def test_a_pool_that_is_shared_with_a_stranger(table: Table) -> None:
    daytona, used = SimulatedDaytona(pool=20), []

    async def stranger() -> None:
        while True:
            for daytona.strangers in (0, 15, 5, 20, 0):
                await asyncio.sleep(30)
                used.append(daytona.strangers)

    async with simulated(daytona, concurrency=50) as validator:
        other = asyncio.create_task(stranger())
        done = await batch(validator, 800)
        other.cancel()
    ideal_s = 800 / (20 - sum(used) / len(used)) * ONE_S
    table.line("a pool of 20, of which a stranger has 0 to 20", done, daytona, ideal_s)
    assert done.outcomes["passed"] == 800
    assert ideal_s / done.took_s >= 0.75
    assert daytona.wasted <= 0.3 * 800


async def test_a_rate_that_is_exceeded_is_waited_for_as_long_as_it_says(table: Table) -> None:
    daytona = SimulatedDaytona(per_minute=300)
    async with simulated(daytona, concurrency=500) as validator:
        done = await batch(validator, 1500)
    ideal_s = 4 * 60 + 2.0
    table.line("300 a minute, 500 at a time", done, daytona, ideal_s)
    assert done.outcomes["passed"] == 1500
    assert ideal_s / done.took_s >= 0.8
    assert daytona.answers["throttled"] <= (500 - 300) + 4 * 70
    assert none_between(daytona.asked_at_s, 5.0, 60.0)


@pytest.mark.parametrize("concurrency", [20, 200])
async def test_a_rate_of_which_the_service_says_what_is_left_is_not_exceeded(
    table: Table, concurrency: int
) -> None:
    daytona = SimulatedDaytona(per_minute=300, says_what_is_left=True)
    async with simulated(daytona, concurrency=concurrency) as validator:
        done = await batch(validator, 1500)
    ideal_s = 4 * 60 + 300 * 2.0 / concurrency
    what = f"300 a minute, and it says what is left, {concurrency} at a time"
    table.line(what, done, daytona, ideal_s)
    assert done.outcomes["passed"] == 1500
    assert ideal_s / done.took_s >= 0.9
    assert daytona.wasted <= concurrency


def none_between(times_s: list[float], after_s: float, until_s: float) -> bool:
    """Whether nothing came in a part of the time after the first."""
    return not any(after_s < time_s - times_s[0] < until_s for time_s in times_s)


async def test_single_calls_are_not_starved_by_a_batch(table: Table) -> None:
    daytona, waits_s = SimulatedDaytona(pool=10), []
    loop = asyncio.get_running_loop()

    async def single(validator: Any) -> None:
        while True:
            began_s = loop.time()
            await validator.validate(Snippet(code="print(1)", language="python"))
            waits_s.append(loop.time() - began_s)

    async with simulated(daytona, concurrency=50) as validator:
        caller = asyncio.create_task(single(validator))
        done = await batch(validator, SNIPPETS)
        caller.cancel()
    table.line("a pool of 10, a batch at 50 at a time, and single calls", done, daytona)
    # Each waits once for those at work, and once for those that were in the line before it.
    rounds = 2 * 50 / 10 + 1
    assert waits_s
    assert max(waits_s[1:]) <= rounds * ONE_S


async def test_two_batches_share_what_there_is(table: Table) -> None:
    daytona = SimulatedDaytona(pool=10)
    async with simulated(daytona, concurrency=50) as validator:
        first, second = await asyncio.gather(batch(validator, 250), batch(validator, 250))
    table.line("a pool of 10, two batches of half the size", first, daytona)
    assert first.took_s == pytest.approx(second.took_s, rel=0.1)


async def test_a_removal_lets_the_next_one_go_at_once() -> None:
    daytona = SimulatedDaytona(pool=1)
    async with simulated(daytona, concurrency=2, run_s=100.0) as validator:
        done = await batch(validator, 2)
    assert done.took_s == pytest.approx(2 * (1.0 + 100.0) + ANSWER_S, abs=0.01)
    assert daytona.wasted <= 20

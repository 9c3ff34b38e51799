"""Many validations while all kinds of faults come by chance: every result true, nothing left."""

from __future__ import annotations

import asyncio

import pytest

from daytona_validate._bench.faulty_answers import soaked
from daytona_validate._emulator.threaded import ThreadedEmulator

pytestmark = [
    pytest.mark.slow,
    pytest.mark.jail,
    pytest.mark.thorough,
    pytest.mark.alone,
    pytest.mark.timeout(600),
]


@pytest.mark.parametrize("snippets_per_sandbox", [1, 20])
async def test_every_result_is_true_and_every_sandbox_is_gone(
    daytona: ThreadedEmulator, snippets_per_sandbox: int
) -> None:
    came = await soaked(
        daytona,
        count=400,
        at_a_time=50,
        faulty=0.05,
        snippets_per_sandbox=snippets_per_sandbox,
    )
    assert came.wrong == ()
    assert came.is_clean
    assert came.right >= 0.95 * came.count, came.reasons
    assert came.faults >= 20, "hardly any fault was met"
    assert asyncio.all_tasks() == {asyncio.current_task()}

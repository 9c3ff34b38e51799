"""How many sandboxes are there at a time: no more than are in use, or the quota goes to waste."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import httpx

from daytona_validate import SandboxSpec
from daytona_validate._providers.daytona.provider import DaytonaProvider
from daytona_validate._providers.daytona.removals import AT_ONCE


async def test_a_sandbox_goes_before_its_user_has_the_next(
    provider: DaytonaProvider, cloud: Any, spec: SandboxSpec
) -> None:
    most_alive = 0
    all_in_use = asyncio.Barrier(AT_ONCE)

    async def use_twice() -> None:
        nonlocal most_alive
        async with provider.open(spec):
            await all_in_use.wait()
        async with provider.open(spec):
            most_alive = max(most_alive, len(cloud.alive))
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as users:
        for _ in range(AT_ONCE):
            users.create_task(use_twice())
    assert cloud.created == 2 * AT_ONCE
    assert 0 < most_alive <= AT_ONCE


async def test_as_many_go_at_a_time_as_were_in_use(
    provider: DaytonaProvider, cloud: Any, spec: SandboxSpec
) -> None:
    count = AT_ONCE + 5
    gates = [cloud.holds("DELETE /sandbox") for _ in range(count)]
    async with AsyncExitStack() as in_use:
        for _ in range(count):
            await in_use.enter_async_context(provider.open(spec))
    asked = cloud.count("DELETE /sandbox")
    for gate in gates:
        gate.set()
    assert asked == count


async def test_a_cancellation_on_the_way_out_loses_no_removal(
    provider: DaytonaProvider, cloud: Any, spec: SandboxSpec
) -> None:
    async def use() -> None:
        async with provider.open(spec):
            task = asyncio.current_task()
            assert task is not None
            asyncio.get_running_loop().call_soon(task.cancel)  # while it leaves

    async with asyncio.TaskGroup() as users:
        user = users.create_task(use())
    assert user.cancelled()
    await provider.aclose()
    assert (cloud.created, cloud.deleted, cloud.alive) == (1, 1, {})


async def test_a_sweep_leaves_what_is_in_use_here_however_old(
    provider: DaytonaProvider, cloud: Any, spec: SandboxSpec
) -> None:
    async with provider.open(spec) as held:
        rows = [
            {
                "id": name,
                "name": name,
                "state": "started",
                "labels": {"app": "daytona-validate"},
                "createdAt": "2020-01-01T00:00:00Z",
            }
            for name in (held.sandbox_id, "left-behind")
        ]
        cloud.answers("GET /sandbox", httpx.Response(200, json={"items": rows}))
        swept = await provider.sweep(0, is_dry_run=True)
    assert swept.found == ("left-behind",)

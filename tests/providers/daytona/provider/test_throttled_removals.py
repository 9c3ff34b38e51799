"""Removals that have to wait: for a throttle, or while whoever closes waits for them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from daytona_validate._providers.daytona.removals import SILENCE_S, Removals

if TYPE_CHECKING:
    from tests.providers.daytona.provider.conftest import Cloud, FakeTime


def throttled(**headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(429, json={"message": "ThrottlerException"}, headers=named)


async def test_a_throttled_removal_makes_the_others_wait(
    cloud: Cloud, removals: Removals, time: FakeTime
) -> None:
    names = [f"n{number}" for number in range(5)]
    cloud.alive |= {name: {"id": f"id-{name}", "name": name} for name in names}
    cloud.answers("DELETE /sandbox", throttled(Retry_After_sandbox_lifecycle="20"))
    time.hold()
    for name in names:
        removals.remove_soon(name)
    await time.until_asleep(5)
    assert cloud.count("DELETE /sandbox") == 1
    time.release()
    await removals.aclose(10)
    assert (cloud.deleted, removals.removed) == (5, 5)


async def test_an_hour_of_throttling_is_not_waited_for(
    cloud: Cloud, removals: Removals, time: FakeTime
) -> None:
    """Long before, the service itself ends what nobody uses."""
    cloud.answers("DELETE /sandbox", throttled(Retry_After="3000"))
    removals.remove_soon("one")
    await cloud.until(lambda c: c.count("DELETE /sandbox") == 1)
    await removals.aclose(10)
    removals.remove_soon("two")
    await removals.aclose(10)
    assert (cloud.count("DELETE /sandbox"), time.slept_s) == (1, [])
    assert removals.left == 2


@pytest.mark.virtual_time
async def test_who_waits_for_long_is_told_what_for(
    cloud: Cloud, removals: Removals, caplog: Any
) -> None:
    may_go = cloud.holds("DELETE /sandbox")
    removals.remove_soon("one")
    closing = asyncio.create_task(removals.aclose(10))
    await asyncio.sleep(SILENCE_S + 1)
    may_go.set()
    await closing
    (record,) = caplog.records
    assert record.getMessage() == (
        "Making sure that no sandbox is left at Daytona: 1 to go, for 7 s at most."
    )

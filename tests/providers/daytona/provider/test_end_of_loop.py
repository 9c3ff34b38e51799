"""When a caller's event loop ends, with or without closing first, nothing hangs."""

from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING

import httpx
import pytest
from pydantic import SecretStr

from daytona_validate import Limits, SandboxSpec, Validator
from daytona_validate._providers.daytona.provider import DaytonaProvider
from plain_settings import plain_settings

if TYPE_CHECKING:
    from tests.providers.daytona.provider.conftest import Cloud

SPEC = SandboxSpec(language="python", limits=Limits())


def provider() -> DaytonaProvider:
    settings = plain_settings(api_key=SecretStr("dtn_canary"))
    return DaytonaProvider(settings, http_client=httpx.AsyncClient())


def test_a_loop_that_ends_in_the_middle_of_a_removal_does_not_hang(cloud: Cloud) -> None:
    async def main() -> None:
        cloud.holds("DELETE /sandbox")
        async with provider().open(SPEC):
            pass
        await cloud.until(lambda c: c.count("DELETE /sandbox") == 1)

    asyncio.run(main())
    gc.collect()  # what is left of the task goes without a warning that is an error


@pytest.mark.thorough
def test_a_loop_that_ends_around_a_held_sandbox_does_not_hang(cloud: Cloud) -> None:
    async def main() -> None:
        is_held = asyncio.Event()

        async def hold() -> None:
            async with held.open(SPEC):
                is_held.set()
                await asyncio.Event().wait()

        task = asyncio.create_task(hold())
        await is_held.wait()
        assert not task.done()

    held = provider()
    asyncio.run(main())
    gc.collect()


def test_a_validator_closed_by_the_end_of_its_loop_has_removed_everything(cloud: Cloud) -> None:
    """As after Ctrl-C: `asyncio.run` cancels the main task, and closing goes on under it."""

    async def main() -> None:
        cloud.holds("execute")
        async with Validator(provider=provider()) as validator:
            await validator.validate("print(1)", "python")

    async def interrupted() -> None:
        task = asyncio.create_task(main())
        await cloud.until(lambda c: c.count("execute") == 1)
        task.cancel()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(interrupted())
    assert (cloud.created, cloud.deleted) == (1, 1)

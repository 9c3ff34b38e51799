"""A cancellation is never turned into a result, whatever a provider makes of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from daytona_validate import Sandbox, SandboxSpec, Snippet, Stage
from daytona_validate._pipeline import Pipeline
from daytona_validate._runtime.limiter import Slots
from daytona_validate.testing import Execution, SandboxLost, SandboxUnavailable, ran
from held_slot import held_slot
from plain_settings import plain_settings


class Rude:
    """A provider, and its sandbox, that hides cancellation behind an error of its own."""

    name = sandbox_id = "rude"

    def __init__(self, point: str, error: Exception) -> None:
        self.point, self.error = point, error
        self.is_there = asyncio.Event()
        self.opened = 0

    async def prepare(self, spec: SandboxSpec) -> None:
        pass

    def open(self, spec: SandboxSpec) -> AbstractAsyncContextManager[Sandbox]:
        return self._sandbox()

    async def aclose(self) -> None:
        pass

    async def run(self, snippet: Snippet, *, until: Stage = Stage.RUN) -> Execution:
        await self._wait_at("run")
        return ran()

    @asynccontextmanager
    async def _sandbox(self) -> AsyncIterator[Sandbox]:
        self.opened += 1
        await self._wait_at("open")
        yield self
        await self._wait_at("close")

    async def _wait_at(self, point: str) -> None:
        if point != self.point:
            return
        self.is_there.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise self.error from None


@pytest.mark.parametrize("point", ["open", "run", "close"])
@pytest.mark.parametrize(
    "error",
    [OSError("bug"), SandboxLost("gone"), SandboxUnavailable("away", retryable=True)],
    ids=lambda error: type(error).__name__,
)
async def test_it_comes_out_as_a_cancellation_and_nothing_is_tried_again(
    point: str, error: Exception
) -> None:
    rude, slots = Rude(point, error), Slots(1)
    pipeline = Pipeline(rude, slots, plain_settings())
    call = asyncio.create_task(pipeline.validate(Snippet(code="1", language="python")))
    await rude.is_there.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await call
    assert call.cancelled()
    assert caught.value.__cause__ is error
    assert rude.opened == 1
    async with held_slot(slots):  # its slot is free again
        pass

"""A sandbox that is idle holds up nobody who waits at the provider, in virtual time."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

import pytest

from cancelled_at import Cancelled, at_every_wait
from daytona_validate import (
    CodeValidationResult,
    Limits,
    Outcome,
    Sandbox,
    SandboxSpec,
    Snippet,
    Validator,
)
from daytona_validate._sandbox_pool.call import PATIENCE_S, SharedSandboxes
from daytona_validate._sandbox_pool.pool import SandboxPool
from daytona_validate.testing import FakeProvider, SandboxUnavailable, ran

Open = Callable[..., Validator]
pytestmark = pytest.mark.virtual_time


class Crowded(FakeProvider):
    """A provider with few places, who lets wait whom it has none for."""

    def __init__(self, script: Any, *, places: int) -> None:
        super().__init__(script, uses=50)
        self._places = places

    def open(self, spec: SandboxSpec) -> Any:
        return self._when_there_is_room(spec)

    @asynccontextmanager
    async def _when_there_is_room(self, spec: SandboxSpec) -> AsyncIterator[Sandbox]:
        await self.until(lambda fake: fake.alive < self._places)
        async with super().open(spec) as sandbox:
            yield sandbox


async def takes_a_second(_: Snippet) -> Any:
    await asyncio.sleep(1)
    return ran()


def of(language: str, count: int) -> list[Snippet]:
    return [Snippet(code="1", language=language)] * count


async def judged(opened: Open, fake: FakeProvider, snippets: Any) -> list[CodeValidationResult]:
    async with opened(fake, concurrency=4, DAYTONA_SNIPPETS_PER_SANDBOX=50) as validator:
        results = await validator.validate_many(snippets)
    assert {each.outcome for each in results} == {Outcome.PASSED}
    assert fake.alive == 0
    return results


async def test_what_others_need_a_place_for_is_given_up(opened: Open) -> None:
    async def source() -> Any:
        for each in of("python", 2):
            yield each
        await fake.until(lambda f: len(f.snippets) == 2 and not f.running)
        for each in of("go", 2):
            yield each

    fake = Crowded(takes_a_second, places=2)
    began_s = asyncio.get_running_loop().time()
    await judged(opened, fake, source())
    assert asyncio.get_running_loop().time() - began_s <= PATIENCE_S + 4
    assert fake.opened == 4


async def test_who_waits_for_a_new_one_is_given_a_used_one(opened: Open) -> None:
    fake = Crowded(takes_a_second, places=1)
    results = await judged(opened, fake, of("python", 4))
    assert {each.sandbox_id for each in results} == {"fake-1"}
    assert sorted(each.sandbox_use or 0 for each in results) == [1, 2, 3, 4]
    assert max(each.timings.created_s for each in results) <= PATIENCE_S + 4


class SlowAtGo(FakeProvider):
    """A provider who makes a sandbox for Go in half a minute, maybe as a rate forbids more."""

    held_back_until_s = -math.inf

    def open(self, spec: SandboxSpec) -> Any:
        return self._slow(spec) if spec.language == "go" else super().open(spec)

    def held_back_s(self) -> float:
        return self.held_back_until_s - asyncio.get_running_loop().time()

    @asynccontextmanager
    async def _slow(self, spec: SandboxSpec) -> AsyncIterator[Sandbox]:
        await asyncio.sleep(2.9 * PATIENCE_S)
        async with super().open(spec) as sandbox:
            yield sandbox


@pytest.mark.parametrize(("held_back", "given_up"), [(0, 1), (1, 1), (2.5, 0)])
async def test_for_one_who_waits_one_is_given_up_unless_a_rate_is_why(
    opened: Open, held_back: float, given_up: int
) -> None:
    fake = SlowAtGo(takes_a_second, uses=50)
    fake.held_back_until_s = asyncio.get_running_loop().time() + held_back * PATIENCE_S
    await judged(opened, fake, [*of("go", 1), *of("python", 80)])
    assert fake.opened == 1 + 3 + given_up


async def test_whom_a_rate_holds_back_is_given_a_used_one(opened: Open) -> None:
    fake = Crowded(takes_a_second, places=1)
    fake.held_back_s = lambda: 1.0  # type: ignore[attr-defined]  # of ThrottledProvider
    results = await judged(opened, fake, of("python", 4))
    assert {each.sandbox_id for each in results} == {"fake-1"}
    assert max(each.timings.created_s for each in results) <= PATIENCE_S + 4


async def test_who_needs_a_new_one_is_given_no_used_one(opened: Open) -> None:
    answers = iter([SandboxUnavailable("no answer")])

    async def script(snippet: Snippet) -> Any:
        await asyncio.sleep(1)
        return next(answers, ran()) if snippet.code == "2" else ran()

    fake = Crowded(script, places=2)
    first = of("python", 2)
    results = await judged(opened, fake, [*first, Snippet(code="2", language="python"), *first])
    assert results[2].sandbox_use == 1


@pytest.mark.parametrize("times", [1, 2])
async def test_cancelled_while_one_is_given_to_it_nothing_is_left(opened: Open, times: int) -> None:
    fakes: list[FakeProvider] = []

    async def call() -> None:
        fakes.append(Crowded(takes_a_second, places=1))
        await judged(opened, fakes[-1], [*of("python", 2), *of("go", 1)])

    async for _ in at_every_wait(call, times=times):
        assert fakes[-1].alive == 0


async def used(sandboxes: SharedSandboxes, for_s: float) -> int:
    spec = SandboxSpec(language="python", limits=Limits())
    async with sandboxes.open(spec) as lease:
        await lease.run(Snippet(code="1", language="python"))
        await asyncio.sleep(for_s)
        return lease.use


async def test_who_is_cancelled_as_it_is_given_one_leaves_it_to_others() -> None:
    fake = Crowded(takes_a_second, places=1)
    pool = SandboxPool(fake, uses=50, places=2)
    async with asyncio.timeout(100), SharedSandboxes(pool, places=2) as sandboxes:
        first = asyncio.create_task(used(sandboxes, PATIENCE_S + 2))
        second = asyncio.create_task(used(sandboxes, 1))
        first.add_done_callback(lambda _: second.cancel())
        await asyncio.wait([first, second])
        assert (first.result(), second.cancelled(), pool.alive) == (1, True, 1)
        assert await used(sandboxes, 0) == 2
    assert (fake.alive, pool.alive, fake.opened) == (0, 0, 1)


@pytest.mark.parametrize("when_ready", [False, True], ids=["as it waits", "as it is over"])
async def test_whenever_one_is_cancelled_the_next_is_served(when_ready: bool) -> None:
    for at_wait in count():
        fake = Crowded(takes_a_second, places=1)
        pool = SandboxPool(fake, uses=50, places=3)
        async with asyncio.timeout(100), SharedSandboxes(pool, places=3) as sandboxes:
            first = asyncio.create_task(used(sandboxes, PATIENCE_S + 2))
            cancelled = Cancelled(used(sandboxes, 1), at_wait=at_wait, when_ready=when_ready)
            await cancelled.end()
            assert (await first, await used(sandboxes, 0) > 0) == (1, True)
        assert (fake.alive, pool.alive, fake.closed) == (0, 0, fake.opened)
        if not cancelled.was_met:
            break

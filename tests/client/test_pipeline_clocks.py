"""Which clock fires where, and what it makes of the snippet."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from daytona_validate import Fault, Outcome, SandboxSpec, Snippet
from daytona_validate._errors import ProgramStarved, SandboxUnavailable, ToolchainMissing
from daytona_validate._models import Execution
from daytona_validate._pipeline import Pipeline
from daytona_validate._runtime.clocks import extend_the_clocks
from daytona_validate._runtime.limiter import Slots
from daytona_validate.testing import FakeProvider, ran
from held_slot import held_slot
from plain_settings import plain_settings

pytestmark = pytest.mark.virtual_time

PRINTS = Snippet(code="print(1)", language="python")
QUICK = {"timeout_s": 0.001, "compile_timeout_s": 0.001}


def pipeline(fake: FakeProvider, slots: Slots | None = None, **settings: Any) -> Pipeline:
    return Pipeline(fake, slots or Slots(1), plain_settings(**settings))


async def test_creating_too_long_is_unavailable_and_leaves_no_sandbox() -> None:
    fake = FakeProvider()
    fake.hold("open")
    result = await pipeline(fake, create_timeout_s=0.01).validate(PRINTS)
    assert (result.outcome, result.fault) == (Outcome.UNAVAILABLE, Fault.INFRASTRUCTURE)
    assert result.details.endswith("No sandbox within 0.01 s (DAYTONA_CREATE_TIMEOUT)")
    assert result.timings.created_s == pytest.approx(0.01)
    assert (fake.opened, fake.alive) == (1, 0)


async def test_the_backstop_is_unavailable_never_a_timeout_of_the_snippet() -> None:
    fake = FakeProvider()
    fake.hold("run")
    clocks: dict[str, Any] = {**QUICK, "create_timeout_s": 0.01, "total_timeout_s": 0.013}
    result = await pipeline(fake, **clocks).validate(PRINTS)
    assert (result.outcome, result.fault) == (Outcome.UNAVAILABLE, Fault.INFRASTRUCTURE)
    assert result.details.endswith("No verdict within 0.013 s in all (DAYTONA_TOTAL_TIMEOUT)")
    assert (result.attempts, fake.alive) == (1, 0)
    assert result.timings.ran_s == pytest.approx(0.013)


async def test_a_snippet_with_a_longer_limit_of_its_own_moves_the_backstop_out() -> None:
    """Else a total that suits the settings would cut short what the snippet was granted."""
    fake = FakeProvider()
    fake.hold("run")
    clocks: dict[str, Any] = {**QUICK, "create_timeout_s": 0.01, "total_timeout_s": 0.013}
    patient = Snippet(code="1", language="python", timeout_s=1000)
    running = asyncio.create_task(pipeline(fake, **clocks).validate(patient))
    await fake.until(lambda f: f.running == 1)
    await asyncio.sleep(0.03)  # longer than the total; it would have fired
    fake.release("run")
    assert (await running).outcome is Outcome.PASSED


async def test_waiting_for_a_slot_is_outside_every_clock() -> None:
    fake, slots = FakeProvider(ran(wall_s=0)), Slots(1)
    path = pipeline(fake, slots, **QUICK, create_timeout_s=0.01, total_timeout_s=0.013)
    async with held_slot(slots):
        waiting = asyncio.create_task(path.validate(PRINTS))
        await asyncio.sleep(0.03)  # longer than all clocks together
    result = await waiting
    assert result.outcome is Outcome.PASSED
    assert result.timings.queued_s == pytest.approx(0.03)


async def test_who_never_got_a_slot_was_queued_all_the_time() -> None:
    slots = Slots(1, longest_wait_s=0.02)
    async with held_slot(slots):
        result = await pipeline(FakeProvider(), slots).validate(PRINTS)
    assert result.details.endswith("(DAYTONA_QUEUE_TIMEOUT)")
    assert result.timings.queued_s == pytest.approx(0.02)


async def test_preparing_is_outside_every_clock_and_holds_no_slot() -> None:
    fake, slots = FakeProvider(ran(wall_s=0)), Slots(1, max_waiting=0)
    path = pipeline(fake, slots, **QUICK, create_timeout_s=0.01, total_timeout_s=0.013)
    fake.hold("prepare")
    waiting = asyncio.create_task(path.validate(PRINTS))
    await asyncio.sleep(0.03)  # longer than all clocks together
    slots.refuse_if_full()
    fake.release("prepare")
    result = await waiting
    assert (result.outcome, fake.asked) == (Outcome.PASSED, 1)
    assert result.timings.queued_s == pytest.approx(0.03)


async def test_what_cannot_be_prepared_is_unavailable() -> None:
    class Bare(FakeProvider):
        async def prepare(self, spec: SandboxSpec) -> None:
            raise ToolchainMissing(f"{spec.language} is not here")

    fake = Bare()
    result = await pipeline(fake).validate(PRINTS)
    assert (result.outcome, result.fault) == (Outcome.UNAVAILABLE, Fault.ENVIRONMENT)
    assert fake.asked == 0


async def test_what_may_be_prepared_later_is_left_to_the_retries_of_opening() -> None:
    class Busy(FakeProvider):
        async def prepare(self, spec: SandboxSpec) -> None:
            raise SandboxUnavailable("no process to spare", retryable=True)

    fake = Busy()
    assert (await pipeline(fake).validate(PRINTS)).outcome is Outcome.PASSED
    assert fake.asked == 1


async def test_waiting_too_long_for_a_slot_is_unavailable() -> None:
    fake, slots = FakeProvider(), Slots(1, longest_wait_s=0.01)
    async with held_slot(slots):
        result = await pipeline(fake, slots).validate(PRINTS)
    assert (result.outcome, result.fault) == (Outcome.UNAVAILABLE, Fault.INFRASTRUCTURE)
    assert "No slot became free in 0.01 s" in result.details
    assert "DAYTONA_QUEUE_TIMEOUT" in result.details
    assert fake.asked == 0


async def test_while_others_keep_a_program_from_running_the_backstop_moves_on() -> None:
    async def starves(_: Snippet) -> Execution:
        extend_the_clocks(1000)
        await asyncio.sleep(0.03)  # longer than the total
        return ran("1\n", wall_s=0)

    clocks: dict[str, Any] = {**QUICK, "create_timeout_s": 0.01, "total_timeout_s": 0.013}
    result = await pipeline(FakeProvider(starves), **clocks).validate(PRINTS)
    assert (result.outcome, result.output) == (Outcome.PASSED, "1\n")
    assert result.timings.ran_s == pytest.approx(0.03)


async def test_what_was_starved_has_all_its_time_once_more() -> None:
    """Else the backstop would end the run that is to judge it."""
    runs = 0

    async def starves(_: Snippet) -> Execution:
        nonlocal runs
        runs += 1
        await asyncio.sleep(0.15)
        if runs == 1:
            raise ProgramStarved("too busy")
        return ran("1\n", wall_s=0)

    clocks: dict[str, Any] = {**QUICK, "create_timeout_s": 0.01, "total_timeout_s": 0.25}
    result = await pipeline(FakeProvider(starves), **clocks).validate(PRINTS)
    assert (result.outcome, result.attempts) == (Outcome.PASSED, 2)


async def test_a_slow_removal_costs_no_verdict() -> None:
    fake = FakeProvider(ran("1\n", wall_s=0))
    fake.hold("close")
    clocks: dict[str, Any] = {**QUICK, "create_timeout_s": 0.01, "total_timeout_s": 0.013}
    running = asyncio.create_task(pipeline(fake, **clocks).validate(PRINTS))
    await fake.until(lambda f: len(f.snippets) == 1 and f.running == 0)
    await asyncio.sleep(0.03)  # longer than the total
    fake.release("close")
    result = await running
    assert (result.outcome, result.output) == (Outcome.PASSED, "1\n")


async def test_a_program_too_slow_for_its_limit_has_timed_out() -> None:
    result = await pipeline(FakeProvider(ran("part", wall_s=99))).validate(PRINTS)
    assert (result.outcome, result.fault) == (Outcome.TIMEOUT, Fault.SNIPPET)
    assert result.output == "part"


@pytest.mark.parametrize("error", [TimeoutError("socket"), OSError(110, "timed out")], ids=repr)
async def test_a_timeout_of_the_providers_own_is_a_bug_not_a_clock(error: Exception) -> None:
    result = await pipeline(FakeProvider(error)).validate(PRINTS)
    assert result.outcome is Outcome.UNAVAILABLE
    assert f"Unexpected {type(error).__name__}: a bug" in result.details

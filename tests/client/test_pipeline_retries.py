"""Getting a sandbox again, and running a snippet again: when, and how often."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from daytona_validate import Fault, Outcome, Snippet
from daytona_validate._core.retry_policy import delay_s
from daytona_validate._pipeline import Pipeline
from daytona_validate._runtime.limiter import Slots
from daytona_validate.testing import (
    FakeProvider,
    ProgramStarved,
    SandboxLost,
    SandboxUnavailable,
    ToolchainMissing,
    ran,
)
from plain_settings import plain_settings

PRINTS = Snippet(code="print(1)", language="python")


class Sleeper:
    """A sleep that takes no time and remembers what it was asked for."""

    def __init__(self) -> None:
        self.slept_s: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.slept_s.append(seconds)


def pipeline(fake: FakeProvider, sleeper: Sleeper, **settings: Any) -> Pipeline:
    return Pipeline(fake, Slots(10), plain_settings(**settings), sleep=sleeper, random=lambda: 0.5)


def busy(count: int, **arguments: Any) -> Iterable[Exception]:
    return [SandboxUnavailable("busy", retryable=True, **arguments) for _ in range(count)]


async def test_a_refusal_that_may_pass_is_tried_again_after_the_delays_of_the_policy() -> None:
    fake, sleeper = FakeProvider(open_errors=busy(2)), Sleeper()
    result = await pipeline(fake, sleeper).validate(PRINTS)
    assert (result.outcome, result.attempts, fake.asked) == (Outcome.PASSED, 1, 3)
    assert (result.retries, result.reason) == (2, None)
    assert sleeper.slept_s == [delay_s(n, retry_after_s=None, random=0.5) for n in (1, 2)]


async def test_what_the_other_side_asks_us_to_wait_is_waited() -> None:
    fake, sleeper = FakeProvider(open_errors=busy(1, retry_after_s=7.0)), Sleeper()
    await pipeline(fake, sleeper).validate(PRINTS)
    assert sleeper.slept_s == [delay_s(1, retry_after_s=7.0, random=0.5)]
    assert sleeper.slept_s[0] >= 7.0


async def test_the_attempts_are_bounded() -> None:
    fake, sleeper = FakeProvider(open_errors=busy(9)), Sleeper()
    result = await pipeline(fake, sleeper, create_attempts=4).validate(PRINTS)
    assert (result.outcome, result.fault) == (Outcome.UNAVAILABLE, Fault.INFRASTRUCTURE)
    assert result.details == "Code validation unavailable - busy"
    assert (fake.asked, result.attempts, len(sleeper.slept_s)) == (4, 0, 3)


async def test_a_wait_beyond_the_time_for_creating_is_not_begun() -> None:
    fake, sleeper = FakeProvider(open_errors=busy(1, retry_after_s=50.0)), Sleeper()
    result = await pipeline(fake, sleeper, create_timeout_s=30).validate(PRINTS)
    assert (result.details, sleeper.slept_s) == ("Code validation unavailable - busy", [])


@pytest.mark.parametrize(
    "error",
    [SandboxUnavailable("no"), TimeoutError("no"), OSError("no"), SandboxLost("no")],
    ids=repr,
)
async def test_no_other_refusal_is_tried_again(error: Exception) -> None:
    fake, sleeper = FakeProvider(open_errors=[error]), Sleeper()
    result = await pipeline(fake, sleeper).validate(PRINTS)
    assert (result.outcome, fake.asked, result.attempts) == (Outcome.UNAVAILABLE, 1, 0)


async def test_a_lost_run_is_repeated_once_in_a_new_sandbox() -> None:
    fake = FakeProvider([SandboxLost("gone"), ran("1\n")])
    result = await pipeline(fake, Sleeper()).validate(PRINTS)
    assert (result.outcome, result.output, result.attempts) == (Outcome.PASSED, "1\n", 2)
    assert (result.sandbox_id, fake.opened, fake.alive) == ("fake-2", 2, 0)
    assert not any(spec.is_alone for spec in fake.specs)


async def test_who_was_starved_is_run_again_alone_and_then_unavailable() -> None:
    fake = FakeProvider(ProgramStarved("too busy", retryable=True))
    result = await pipeline(fake, Sleeper()).validate(PRINTS)
    assert (result.outcome, result.fault) == (Outcome.UNAVAILABLE, Fault.INFRASTRUCTURE)
    assert [spec.is_alone for spec in fake.specs] == [False, True]
    assert result.attempts == 2


async def test_a_run_for_which_there_was_no_room_is_repeated_once_after_a_pause() -> None:
    fake = FakeProvider([SandboxUnavailable("no descriptors", retryable=True), ran("1\n")])
    sleeper = Sleeper()
    result = await pipeline(fake, sleeper).validate(PRINTS)
    assert (result.outcome, result.attempts, fake.opened) == (Outcome.PASSED, 2, 2)
    assert len(sleeper.slept_s) == 1


async def test_a_pause_beyond_the_time_in_all_is_not_begun() -> None:
    busy = SandboxUnavailable("busy", retryable=True, retry_after_s=130)
    fake, sleeper = FakeProvider(busy), Sleeper()
    result = await pipeline(fake, sleeper, total_timeout_s=125).validate(PRINTS)
    assert (result.details, sleeper.slept_s) == ("Code validation unavailable - busy", [])


async def test_a_run_lost_twice_is_unavailable() -> None:
    fake = FakeProvider(SandboxLost("gone"))
    result = await pipeline(fake, Sleeper()).validate(PRINTS)
    assert (result.outcome, result.attempts, fake.opened) == (Outcome.UNAVAILABLE, 2, 2)
    assert result.details == "Code validation unavailable - gone"


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (ran(exit_code=1), Outcome.RUNTIME_ERROR),
        (ran(wall_s=31), Outcome.TIMEOUT),
        (SandboxUnavailable("away"), Outcome.UNAVAILABLE),
        (RuntimeError("bug"), Outcome.UNAVAILABLE),
    ],
    ids=["failed", "timed out", "unavailable", "bug"],
)
async def test_nothing_but_a_lost_run_is_repeated(answer: Any, outcome: Outcome) -> None:
    fake = FakeProvider(answer)
    result = await pipeline(fake, Sleeper()).validate(PRINTS)
    assert (result.outcome, result.attempts, fake.opened) == (outcome, 1, 1)
    assert fake.alive == 0


async def test_a_missing_toolchain_is_the_environments_fault() -> None:
    fake = FakeProvider(open_errors=[ToolchainMissing("install node")])
    result = await pipeline(fake, Sleeper()).validate(PRINTS)
    assert (result.outcome, result.fault) == (Outcome.UNAVAILABLE, Fault.ENVIRONMENT)

"""Retry with backoff: when, how often, after which delay."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Iterator
from typing import Any

import pytest

from daytona_validate._core.retry_policy import RetryRule, RetryRun, at_once, up_to
from daytona_validate._runtime.retries import retried, within
from work_done import work_done


class Busy(Exception):
    pass


class Door:
    """Refuses with the given errors, then opens."""

    def __init__(self, *errors: BaseException) -> None:
        self.errors: Iterator[BaseException] = iter(errors)
        self.tries = 0

    async def open(self) -> str:
        self.tries += 1
        error = next(self.errors, None)
        if error is not None:
            raise error
        return "inside"


class Sleeper:
    """A sleep that takes no time and remembers what it was asked for."""

    def __init__(self) -> None:
        self.slept_s: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.slept_s.append(seconds)


async def entered(door: Door, *, attempts: int = 9, **more: Any) -> str:
    table = (RetryRule(lambda error: isinstance(error, Busy), up_to(attempts - 1, at_once)),)
    return await retried(door.open, RetryRun(table), **more)


async def test_a_passing_refusal_is_tried_again() -> None:
    door = Door(Busy(), Busy())
    assert await entered(door, attempts=3, sleep=Sleeper()) == "inside"
    assert door.tries == 3


async def test_the_delay_comes_from_the_policy() -> None:
    door, sleeper = Door(Busy(1.0), Busy(2.0)), Sleeper()
    random = iter([0.5, 0.25])

    def policy(error: BaseException, roll: float) -> float:
        return float(error.args[0]) * 10 + roll

    await retried(door.open, policy, sleep=sleeper, random=lambda: next(random))
    assert sleeper.slept_s == [10.5, 20.25]


async def test_the_last_error_comes_out_unchanged_when_the_attempts_are_used_up() -> None:
    last = Busy("third")
    door = Door(Busy("first"), Busy("second"), last, Busy("never"))
    with pytest.raises(Busy) as caught:
        await entered(door, attempts=3, sleep=Sleeper())
    assert caught.value is last
    assert door.tries == 3


async def test_a_delay_beyond_the_time_left_is_not_waited_for() -> None:
    door, sleeper = Door(Busy(), Busy()), Sleeper()
    with pytest.raises(Busy):
        await retried(door.open, within(60.0, lambda: 0.0, lambda *_: 3600.0), sleep=sleeper)
    assert sleeper.slept_s == []
    assert door.tries == 1


@pytest.mark.parametrize(
    "error", [OSError("bug"), TimeoutError(), asyncio.CancelledError()], ids=repr
)
async def test_nothing_else_is_tried_again(error: BaseException) -> None:
    door = Door(error)
    with pytest.raises(type(error)) as caught:
        await entered(door, sleep=Sleeper())
    assert caught.value is error
    assert door.tries == 1


async def test_cancellation_is_never_tried_again_whatever_the_policy_says() -> None:
    door = Door(asyncio.CancelledError())
    with pytest.raises(asyncio.CancelledError):
        await retried(door.open, lambda *_: 0.0, sleep=Sleeper())
    assert door.tries == 1


async def test_an_error_that_a_cancellation_has_become_is_not_tried_again() -> None:
    tries = 0

    async def attempt() -> None:
        nonlocal tries
        tries += 1
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise Busy from None

    call = asyncio.create_task(retried(attempt, lambda *_: 0.0))
    await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(Busy):
        await call
    assert tries == 1


async def test_what_is_done_before_a_retry_knows_why_and_may_end_it() -> None:
    told: list[tuple[int, str, float]] = []

    async def before(tries: int, error: BaseException, wait_s: float) -> None:
        told.append((tries, str(error), wait_s))
        if tries == 2:
            raise OSError("no way")

    door = Door(Busy("a"), Busy("b"))
    with pytest.raises(OSError, match="no way"):
        await entered(door, before_retry=before, sleep=Sleeper())
    assert (told, door.tries) == ([(1, "a", 0.0), (2, "b", 0.0)], 2)


async def test_concurrent_calls_do_not_count_for_each_other() -> None:
    """tenacity's own statistics would: they are shared by all calls of one retrying object."""
    told: list[tuple[str, int]] = []

    async def call(name: str, refusals: int) -> None:
        door = Door(*(Busy() for _ in range(refusals)))
        await entered(door, before_retry=lambda tries, *_: told.append((name, tries)))

    async with asyncio.TaskGroup() as group:
        group.create_task(call("a", 2))
        group.create_task(call("b", 4))
    assert sorted(told) == [("a", 1), ("a", 2), ("b", 1), ("b", 2), ("b", 3), ("b", 4)]


@pytest.mark.parametrize("refusals", [0, 1])
def test_tenacity_is_entered_after_a_failure_and_not_before(refusals: int) -> None:
    door = Door(*(Busy() for _ in range(refusals)))
    done = work_done(lambda: entered(door, sleep=Sleeper()))
    assert door.tries == 1 + refusals
    assert (done.of("tenacity") > 0) == (refusals > 0)


async def test_the_first_error_is_kept_alive_by_nobody_once_it_was_overcome() -> None:
    first = Busy()
    gone = weakref.ref(first)
    door = Door(first)
    del first
    assert await entered(door, sleep=Sleeper()) == "inside"
    gc.collect()
    assert gone() is None

"""Trying again to enter a context: when, how often, after which delay."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from daytona_validate._runtime.retries import Retries


class Busy(Exception):
    pass


class Door:
    """Refuses with the given errors, then opens."""

    def __init__(self, *errors: BaseException) -> None:
        self.errors: Iterator[BaseException] = iter(errors)
        self.tries = self.left = 0

    @asynccontextmanager
    async def open(self) -> AsyncIterator[str]:
        self.tries += 1
        error = next(self.errors, None)
        if error is not None:
            raise error
        yield "inside"
        self.left += 1


class Sleeper:
    """A sleep that takes no time and remembers what it was asked for."""

    def __init__(self) -> None:
        self.slept_s: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.slept_s.append(seconds)


async def entered(door: Door, **settings: Any) -> str:
    retries = Retries(may_pass=lambda error: isinstance(error, Busy), **settings)
    async with AsyncExitStack() as stack:
        return await retries.enter(stack, door.open)


async def test_a_passing_refusal_is_tried_again_with_a_new_context() -> None:
    door, sleeper = Door(Busy(), Busy()), Sleeper()
    assert await entered(door, attempts=3, sleep=sleeper) == "inside"
    assert (door.tries, door.left) == (3, 1)


async def test_the_delay_comes_from_attempt_error_and_dice() -> None:
    door, sleeper = Door(Busy(1.0), Busy(2.0)), Sleeper()
    dice = iter([0.5, 0.25])

    def delay_s(attempt: int, error: BaseException, roll: float) -> float:
        return attempt * 100 + float(error.args[0]) * 10 + roll

    await entered(door, attempts=3, sleep=sleeper, delay_s=delay_s, dice=lambda: next(dice))
    assert sleeper.slept_s == [110.5, 220.25]


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
        await entered(door, attempts=9, sleep=sleeper, within_s=60.0, delay_s=lambda *_: 3600.0)
    assert sleeper.slept_s == []
    assert door.tries == 1


@pytest.mark.parametrize(
    "error", [OSError("bug"), TimeoutError(), asyncio.CancelledError()], ids=repr
)
async def test_nothing_else_is_tried_again(error: BaseException) -> None:
    door = Door(error)
    with pytest.raises(type(error)) as caught:
        await entered(door, attempts=3, sleep=Sleeper())
    assert caught.value is error
    assert door.tries == 1


async def test_cancellation_is_never_tried_again_whatever_the_predicate_says() -> None:
    door = Door(asyncio.CancelledError())
    retries = Retries(attempts=3, may_pass=lambda _: True, sleep=Sleeper())
    with pytest.raises(asyncio.CancelledError):
        async with AsyncExitStack() as stack:
            await retries.enter(stack, door.open)
    assert door.tries == 1


async def test_concurrent_calls_do_not_count_for_each_other() -> None:
    """tenacity's own statistics would: they are shared by all calls of one retrying object."""
    told: list[tuple[str, int]] = []
    retries = Retries(attempts=5, may_pass=lambda error: True, sleep=asyncio.sleep)

    async def call(name: str, refusals: int) -> None:
        door = Door(*(Busy() for _ in range(refusals)))
        async with AsyncExitStack() as stack:
            await retries.enter(
                stack, door.open, on_retry=lambda tries, *_: told.append((name, tries))
            )

    async with asyncio.TaskGroup() as group:
        group.create_task(call("a", 2))
        group.create_task(call("b", 4))
    assert sorted(told) == [("a", 1), ("a", 2), ("b", 1), ("b", 2), ("b", 3), ("b", 4)]


async def test_by_default_nothing_is_tried_again() -> None:
    door = Door(Busy())
    with pytest.raises(Busy):
        async with AsyncExitStack() as stack:
            await Retries(attempts=3).enter(stack, door.open)
    assert door.tries == 1

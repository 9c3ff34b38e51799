"""The end in good order: nothing new, what runs finished or called off, everything removed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from daytona_validate import (
    ConfigurationError,
    DaytonaClient,
    Drained,
    Reason,
    Snippet,
    Swept,
    Validator,
    ValidatorClosed,
)
from daytona_validate.testing import FakeProvider
from plain_settings import plain_settings

Open = Callable[..., Validator]
Numbered = Callable[[int], list[Snippet]]

ONE = Snippet(code="1", language="python")


async def some_turns() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_what_is_under_way_ends_and_nothing_new_begins(
    opened: Open, fake: FakeProvider, numbered: Numbered
) -> None:
    fake.hold("run")
    async with opened(fake, concurrency=2) as validator:
        calls = [
            asyncio.create_task(validator.validate(ONE)),
            asyncio.create_task(validator.validate_many(numbered(30))),
        ]
        await fake.until(lambda f: f.running == 2)
        draining = asyncio.create_task(validator.drain(60))
        await some_turns()
        for refused in (validator.validate(ONE), validator.validate_many([ONE])):
            with pytest.raises(ValidatorClosed, match="is being drained: it takes nothing new"):
                await refused
        with pytest.raises(ValidatorClosed):
            validator.stream([ONE])
        (lacks,) = (await validator.ready()).missing
        assert (lacks.what, lacks.reason) == ("validator", Reason.CLOSED)
        fake.release("run")
        assert await draining == Drained(finished=31, called_off=0, left=0)
        assert [task.done() for task in calls] == [True, True]
        assert len(calls[1].result()) == 30  # type: ignore[arg-type]  # of both
        assert (fake.alive, fake.is_closed) == (0, True)
        with pytest.raises(ValidatorClosed):
            await validator.drain(1)


@pytest.mark.parametrize("uses", [1, 5])
@pytest.mark.parametrize("end", ["drain", "aclose"])
async def test_a_call_of_the_turn_before_is_under_way(
    opened: Open, fake: FakeProvider, end: str, uses: int
) -> None:
    async with opened(fake, DAYTONA_SNIPPETS_PER_SANDBOX=uses) as validator:
        call = asyncio.create_task(validator.validate(ONE))
        await asyncio.sleep(0)
        await (validator.drain(60) if end == "drain" else validator.aclose())
        assert (await call).outcome == "passed"


@pytest.mark.virtual_time
@pytest.mark.parametrize("uses", [1, 5])
async def test_what_does_not_end_in_time_comes_out_as_cancelled(
    opened: Open, fake: FakeProvider, numbered: Numbered, uses: int
) -> None:
    fake.hold("run")
    loop = asyncio.get_running_loop()
    validator = opened(fake, concurrency=2, DAYTONA_SNIPPETS_PER_SANDBOX=uses)
    async with validator:
        single = asyncio.create_task(validator.validate(ONE))
        await fake.until(lambda f: f.running == 1)
        many = asyncio.create_task(validator.validate_many(numbered(30)))
        await fake.until(lambda f: f.running == 2)
        waiting = asyncio.create_task(validator.validate(ONE))
        await some_turns()
        began_s = loop.time()
        drained = await validator.drain(5)
        assert loop.time() - began_s == pytest.approx(5, abs=0.5)
        assert (drained.finished, drained.left) == (0, 0)
        results = [await single, await waiting, *await many]
        assert {str(each.outcome) for each in results} == {"cancelled"}
        assert {each.details for each in results} == {
            "Code validation cancelled - the validator was drained"
        }
        assert len(results) == 32
        assert fake.alive == 0
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.virtual_time
async def test_an_open_stream_that_nobody_reads_does_not_hold_up_the_end(
    opened: Open, fake: FakeProvider, numbered: Numbered
) -> None:
    async with opened(fake, concurrency=2) as validator:
        async with validator.stream(numbered(30)) as finished:
            await some_turns()
            assert await validator.drain(5) == Drained(finished=0, called_off=0, left=0)
            outcomes = [str(each.outcome) async for each in finished]
        assert outcomes == ["passed"] * 4 + ["cancelled"] * 26


@pytest.mark.virtual_time
async def test_a_removal_that_hangs_is_counted_and_bounded(
    opened: Open, fake: FakeProvider
) -> None:
    fake = FakeProvider(close_grace_s=1000)
    fake.hold("run")
    fake.hold("close")
    loop = asyncio.get_running_loop()
    async with opened(fake, concurrency=1) as validator:
        call = asyncio.create_task(validator.validate(ONE))
        await fake.until(lambda f: f.running == 1)
        draining = asyncio.create_task(validator.drain(1))
        began_s = loop.time()
        assert await draining == Drained(finished=0, called_off=1, left=1)
        assert loop.time() - began_s == pytest.approx(61)
        assert fake.is_closed
        fake.release("close")
        assert (await call).outcome == "cancelled"
    assert fake.alive == 0


async def test_draining_what_is_idle_is_closing_it(opened: Open, fake: FakeProvider) -> None:
    async with opened(fake) as validator:
        assert await validator.drain(0) == Drained(finished=0, called_off=0, left=0)
        with pytest.raises(ValidatorClosed):
            await validator.validate(ONE)


async def test_only_daytonas_sandboxes_are_ever_left_behind(
    opened: Open, fake: FakeProvider
) -> None:
    async with opened(fake) as validator:
        assert await validator.sweep() == Swept()
        with pytest.raises(ConfigurationError, match="older_than_s must be at least 0, not -1"):
            await validator.sweep(older_than_s=-1)


def test_the_synchronous_client_can_be_drained_and_sweep(fake: FakeProvider) -> None:
    client = DaytonaClient(plain_settings(), provider=fake).open()
    assert client.validate(ONE).outcome == "passed"
    assert client.sweep(is_dry_run=True) == Swept()
    assert client.drain(5) == Drained(finished=0, called_off=0, left=0)
    assert (client.is_closed, fake.alive, fake.is_closed) == (True, 0, True)

"""Calls that end early: a batch whose environment is broken, and who waits with a deadline."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from daytona_validate import ConfigurationError, DaytonaClient, Snippet, Validator
from daytona_validate._runtime.left_work import GRACE_S
from daytona_validate.testing import Answer, FakeProvider, SandboxUnavailable, ran
from plain_settings import plain_settings

Open = Callable[..., Validator]
Numbered = Callable[[int], list[Snippet]]

BROKEN = SandboxUnavailable("API key not configured")
WHY = "Code validation cancelled - 3 in a row had no verdict, the last: "
ONE = Snippet(code="1", language="python")


class Source:
    """An endless source that counts how far it was read."""

    def __init__(self) -> None:
        self.read = 0
        self.is_closed = False

    def __iter__(self) -> Iterator[Snippet]:
        try:
            while True:
                self.read += 1
                yield ONE
        finally:
            self.is_closed = True


async def some_turns() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


@pytest.mark.parametrize("uses", [1, 5])
async def test_a_batch_over_a_broken_environment_ends_with_a_result_for_each(
    opened: Open, numbered: Numbered, uses: int
) -> None:
    fake = FakeProvider(BROKEN)
    variables = {"DAYTONA_SNIPPETS_PER_SANDBOX": uses}
    async with opened(fake, concurrency=2, **variables) as validator:
        results = await validator.validate_many(numbered(500), stop_after_unavailable=3)
        assert [each.index for each in results] == list(range(500))
        ends = [str(each.outcome) for each in results]
        assert 3 <= ends.count("unavailable") <= 4  # of two at a time
        assert ends.count("cancelled") == 500 - ends.count("unavailable")
        assert ends[-1] == "cancelled"
        reasons = {each.details for each in results if each.outcome == "cancelled"}
        assert [reason.removesuffix(BROKEN.args[0])[: len(WHY)] for reason in reasons] == [WHY]
        assert not any(each.is_verdict for each in results)
        assert {each.fault for each in results[-10:]} == {"none"}
        assert len(fake.snippets) <= 4
    assert fake.alive == 0


async def test_what_is_under_way_when_a_batch_ends_is_called_off(
    opened: Open, numbered: Numbered
) -> None:
    async def script(snippet: Snippet) -> Any:
        if snippet.code == "print(0)":
            await asyncio.Event().wait()
        return BROKEN

    fake = FakeProvider(script)
    async with opened(fake, concurrency=2) as validator:
        results = await validator.validate_many(numbered(20), stop_after_unavailable=3)
        assert [each.outcome for each in results] == ["cancelled"] + ["unavailable"] * 3 + [
            "cancelled"
        ] * 16
        assert fake.alive == 0
        # The validator goes on.
        assert (await validator.validate(numbered(2)[1])).outcome == "unavailable"


async def test_only_what_ran_between_them_keeps_a_batch_from_ending(opened: Open) -> None:
    good, bad = Snippet(code="good", language="python"), Snippet(code="bad", language="python")
    invalid = Snippet(code="", language="no such language")
    script: dict[str, Answer] = {"good": ran(exit_code=1), "bad": BROKEN}
    fake = FakeProvider(script)
    async with opened(fake, concurrency=1) as validator:
        for source, last in (
            ([bad, bad, good, bad, bad, good, bad], "unavailable"),
            ([bad, bad, invalid, bad, good], "cancelled"),
        ):
            results = await validator.validate_many(source, stop_after_unavailable=3)
            assert results[-1].outcome == last


@pytest.mark.virtual_time
async def test_a_batch_that_waits_for_slots_in_vain_is_not_taken_for_broken(
    opened: Open, numbered: Numbered
) -> None:
    fake = FakeProvider()
    fake.hold("run")
    async with opened(fake, concurrency=1, DAYTONA_QUEUE_TIMEOUT=1) as validator:
        holder = asyncio.create_task(validator.validate(ONE))
        await some_turns()
        results = await validator.validate_many(numbered(9), stop_after_unavailable=3)
        assert {each.reason for each in results} == {"queue_timeout"}
        fake.release("run")
        assert (await holder).outcome == "passed"


async def test_an_endless_source_is_read_no_further_and_closed(opened: Open) -> None:
    source, fake = Source(), FakeProvider(BROKEN)
    async with opened(fake, concurrency=2) as validator:
        results = await validator.validate_many(iter(source), stop_after_unavailable=3)
        assert (source.read, source.is_closed) == (len(results), True)
        assert len(results) <= 3 + 2 * 2
        assert {each.outcome for each in results[5:]} <= {"cancelled"}


async def test_a_source_that_keeps_silent_does_not_hold_up_the_end(opened: Open) -> None:
    is_closed = asyncio.Event()

    async def source() -> AsyncIterator[Snippet]:
        try:
            for _ in range(3):
                yield ONE
            await asyncio.Event().wait()
        finally:
            is_closed.set()

    async with opened(FakeProvider(BROKEN), concurrency=4) as validator:
        results = await validator.validate_many(source(), stop_after_unavailable=3)
        assert [each.outcome for each in results] == ["unavailable"] * 3
        assert is_closed.is_set()


def test_the_synchronous_client_ends_a_batch_as_well(numbered: Numbered) -> None:
    with DaytonaClient(plain_settings(), provider=FakeProvider(BROKEN), concurrency=1) as client:
        results = client.validate_many(numbered(50), stop_after_unavailable=3)
        assert [each.outcome for each in results] == ["unavailable"] * 3 + ["cancelled"] * 47
        read = client.validate_many(iter(Source()), stop_after_unavailable=3)
        assert 3 <= len(read) <= 5
        with pytest.raises(ConfigurationError, match="stop_after_unavailable must be at least 1"):
            client.validate_many([], stop_after_unavailable=0)


@pytest.mark.virtual_time
@pytest.mark.parametrize("many", [False, True])
async def test_a_deadline_around_a_call_is_kept_while_a_removal_hangs(
    opened: Open, numbered: Numbered, many: bool
) -> None:
    fake = FakeProvider(close_grace_s=1000)
    fake.hold("run")
    fake.hold("close")
    validator, loop = opened(fake, concurrency=2), asyncio.get_running_loop()
    async with validator:
        began_s = loop.time()
        call: Any = validator.validate_many(numbered(9)) if many else validator.validate(ONE)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(call, 0.5)
        assert loop.time() - began_s == pytest.approx(0.5 + GRACE_S)
        assert fake.alive == (2 if many else 1)
        ends = asyncio.create_task(validator.aclose())
        await some_turns()
        assert not ends.done()
        fake.release("close")
        await ends
        assert fake.alive == 0


@pytest.mark.parametrize("point", ["prepare", "open", "run", "close"])
@pytest.mark.parametrize("cancels", [1, 2, 3])
async def test_a_call_that_is_cancelled_leaves_nothing_wherever_it_was(
    opened: Open, point: Any, cancels: int
) -> None:
    fake = FakeProvider()
    fake.hold(point)
    async with opened(fake, concurrency=1) as validator:
        call = asyncio.create_task(validator.validate(ONE))
        await some_turns()
        for _ in range(cancels):
            call.cancel()
            await asyncio.sleep(0)
        fake.release(point)
        await asyncio.wait((call,))
        assert call.cancelled()
        assert (await asyncio.wait_for(validator.validate(ONE), 10)).outcome == "passed"
    assert fake.alive == 0
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.virtual_time
@pytest.mark.parametrize("many", [False, True])
async def test_closing_gives_up_a_removal_that_never_ends(
    opened: Open, caplog: pytest.LogCaptureFixture, numbered: Numbered, many: bool
) -> None:
    class Stuck(FakeProvider):
        async def _remove(self) -> None:
            await asyncio.Event().wait()

    fake = Stuck()
    fake.hold("run")
    validator, loop = opened(fake, concurrency=1), asyncio.get_running_loop()
    async with validator:
        call: Any = validator.validate_many(numbered(9)) if many else validator.validate(ONE)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(call, 1)
        began_s = loop.time()
    assert loop.time() - began_s < 61
    assert "What 1 cancelled calls left was not removed in 60 s" in caplog.text

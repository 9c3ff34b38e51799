"""Calls beside batches: each has its turn, and a queue is full of calls and not of snippets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from daytona_validate import ConfigurationError, DaytonaClient, QueueFull, Snippet, Validator
from daytona_validate._make_session import make_session
from daytona_validate._runtime.limiter import patience_s
from daytona_validate.testing import Execution, FakeProvider, ran
from plain_settings import plain_settings

Open = Callable[..., Validator]
Numbered = Callable[[int], list[Snippet]]
ONE = Snippet(code="single", language="python")


async def some_turns() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


@pytest.mark.parametrize("batches", [1, 4, 16])
@pytest.mark.parametrize("uses", [1, 5])
async def test_a_call_beside_batches_waits_for_two_snippets_at_most(
    opened: Open, numbered: Numbered, batches: int, uses: int
) -> None:
    one_ends: list[asyncio.Future[None]] = []

    async def script(_: Snippet) -> object:
        one_ends.append(asyncio.get_running_loop().create_future())
        await one_ends[-1]
        return ran()

    fake = FakeProvider(script, uses=uses)  # type: ignore[arg-type]  # what it returns is an answer
    variables = {"DAYTONA_SNIPPETS_PER_SANDBOX": uses}
    async with opened(fake, concurrency=4, **variables) as validator:
        tasks = [asyncio.create_task(validator.validate_many(numbered(40))) for _ in range(batches)]
        for number in range(30):
            await fake.until(lambda f, number=number: len(f.snippets) > number)  # type: ignore[misc]  # default
            one_ends[number].set_result(None)
        await some_turns()
        before = len(fake.snippets)
        tasks.append(asyncio.create_task(validator.validate(ONE)))  # type: ignore[arg-type]  # of both
        await some_turns()
        for number in range(before - 4, before - 2):  # of those that run
            one_ends[number].set_result(None)
        await some_turns()
        assert ONE.code in [each.code for each in fake.snippets[before:]]
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    assert fake.alive == 0


async def test_batches_do_not_fill_the_queue_of_calls(
    opened: Open, fake: FakeProvider, numbered: Numbered
) -> None:
    fake.hold("run")
    async with opened(fake, concurrency=4, DAYTONA_MAX_QUEUE=2) as validator:
        batches = [asyncio.create_task(validator.validate_many(numbered(400)))]
        await fake.until(lambda f: f.running == 4)
        batches.append(asyncio.create_task(validator.validate_many(numbered(400))))
        await some_turns()
        calls = [asyncio.create_task(validator.validate(ONE))]
        await some_turns()
        with pytest.raises(QueueFull) as full:  # the second batch has had no slot yet
            await validator.validate(ONE)
        assert (full.value.waiting, full.value.slots) == (2, 4)
        fake.release("run")
        await calls[0]
        for _ in range(100):
            await validator.validate(ONE)
        assert [len(results) for results in await asyncio.gather(*batches)] == [400, 400]


async def test_a_burst_of_calls_is_refused_before_it_has_begun_to_wait(
    opened: Open, fake: FakeProvider
) -> None:
    fake.hold("prepare")
    async with opened(fake, concurrency=2, DAYTONA_MAX_QUEUE=3) as validator:
        calls = [asyncio.create_task(validator.validate(ONE)) for _ in range(20)]
        await some_turns()
        fake.release("prepare")
        ends = await asyncio.gather(*calls, return_exceptions=True)
        assert [isinstance(end, QueueFull) for end in ends] == [False] * 5 + [True] * 15


async def test_a_call_has_a_queue_timeout_of_its_own(opened: Open, fake: FakeProvider) -> None:
    fake.hold("run")
    async with opened(fake, concurrency=1) as validator:
        running = asyncio.create_task(validator.validate(ONE, queue_timeout_s=0))
        await fake.until(lambda f: f.running == 1)
        result = await validator.validate(ONE, queue_timeout_s=0)
        assert (result.outcome, result.fault) == ("unavailable", "infrastructure")
        assert "No slot became free in 0 s" in result.details
        with pytest.raises(ConfigurationError, match="queue_timeout_s must be at least 0, not -1"):
            await validator.validate(ONE, queue_timeout_s=-1)
        fake.release("run")
        assert (await running).outcome == "passed"


def test_the_synchronous_client_has_the_queue_timeout_too(fake: FakeProvider) -> None:
    with DaytonaClient(plain_settings(), provider=fake) as client:
        assert client.validate(ONE, queue_timeout_s=0).outcome == "passed"
        with pytest.raises(ConfigurationError, match="queue_timeout_s"):
            client.validate(ONE, queue_timeout_s=-0.5)


async def test_no_more_snippets_are_taken_than_the_host_runs() -> None:
    """Who holds a slot of the validator and none of the host stands in a line that is not fair."""
    for asked, runs, total in ((64, 3, 3), (2, 3, 2)):
        settings = plain_settings(machine_slots=runs)
        session = make_session(settings, provider="local", concurrency=asked, http_client=None)
        assert session.slots.total == total
        await session.close()


async def test_a_queue_timeout_of_its_own_is_that_of_the_hosts_slots_as_well(opened: Open) -> None:
    seen: list[float | None] = []

    async def look(_: Snippet) -> Execution:
        seen.append(patience_s(9.0))
        return ran()

    async with opened(FakeProvider(look)) as validator:
        await validator.validate(ONE, queue_timeout_s=2)
        await validator.validate(ONE)
    assert seen == [2, 9.0]


async def test_a_batch_that_ended_without_a_slot_is_in_no_queue(
    opened: Open, fake: FakeProvider
) -> None:
    async with opened(fake, concurrency=1, DAYTONA_MAX_QUEUE=0) as validator:
        await validator.validate_many([Snippet(code="", language="klingon")])
        assert (await validator.validate(ONE)).outcome == "passed"

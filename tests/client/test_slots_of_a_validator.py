"""One set of slots for all calls of one validator: never more at once, and who is refused."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daytona_validate import QueueFull, Snippet, Validator
from daytona_validate._providers.registry import PROVIDERS
from daytona_validate.testing import FakeProvider, ran

Open = Callable[..., Validator]
Numbered = Callable[[int], list[Snippet]]
ONE = Snippet(code="1", language="python")


def test_the_defaults_are_ten_for_daytona_and_twice_the_cores_for_local() -> None:
    assert PROVIDERS["daytona"].concurrency() == 10
    assert PROVIDERS["local"].concurrency() == 2 * len(os.sched_getaffinity(0))


async def test_all_calls_together_share_the_slots(
    opened: Open, fake: FakeProvider, numbered: Numbered
) -> None:
    async with opened(fake, concurrency=3) as validator, asyncio.TaskGroup() as group:
        fake.hold("run")
        for _ in range(2):
            group.create_task(validator.validate_many(numbered(5)))
            group.create_task(validator.validate(ONE))
        await fake.until(lambda f: f.running == 3)
        for _ in range(20):
            await asyncio.sleep(0)
        assert (fake.running, fake.opened) == (3, 3)
        fake.release("run")
    assert (fake.most_running, fake.closed) == (3, 12)


@pytest.mark.parametrize(("own", "most"), [(2, 2), (100, 4), (None, 4)])
async def test_a_call_has_the_smaller_of_its_own_concurrency_and_the_clients(
    opened: Open, fake: FakeProvider, numbered: Numbered, own: int | None, most: int
) -> None:
    async with opened(fake, concurrency=4) as validator:
        fake.hold("run")
        call = asyncio.create_task(validator.validate_many(numbered(20), concurrency=own))
        await fake.until(lambda f: f.running == most)
        for _ in range(20):
            await asyncio.sleep(0)
        assert fake.running == most
        fake.release("run")
        assert len(await call) == 20


async def test_the_setting_is_used_and_an_argument_beats_it(
    opened: Open, fake: FakeProvider, numbered: Numbered
) -> None:
    for argument, most in ((None, 2), (3, 3)):
        fake = FakeProvider()
        fake.hold("run")
        async with opened(fake, concurrency=argument, DAYTONA_CONCURRENCY=2) as validator:
            call = asyncio.create_task(validator.validate_many(numbered(9)))
            await fake.until(lambda f, most=most: f.running == most)  # type: ignore[misc]  # default
            fake.release("run")
            await call
        assert fake.most_running == most


async def test_a_full_queue_refuses_calls_but_never_breaks_one_off(
    opened: Open, fake: FakeProvider, numbered: Numbered
) -> None:
    fake.hold("run")
    async with opened(fake, concurrency=2, DAYTONA_MAX_QUEUE=1) as validator:
        # A batch reads its source as slots become free: it makes no queue of its own.
        batch = asyncio.create_task(validator.validate_many(numbered(20)))
        await fake.until(lambda f: f.running == 2)
        waits = asyncio.create_task(validator.validate(ONE))
        await asyncio.sleep(0)
        with pytest.raises(QueueFull, match="max_queue allows 1"):
            await validator.validate(ONE)
        with pytest.raises(QueueFull):
            await validator.validate_many(numbered(2))
        with pytest.raises(QueueFull):
            validator.stream(numbered(2))
        fake.release("run")
        assert len(await batch) == 20
        assert (await waits).status == "Success"


async def test_without_a_queue_whoever_finds_a_slot_is_served(
    opened: Open, fake: FakeProvider
) -> None:
    async with opened(fake, concurrency=1, DAYTONA_MAX_QUEUE=0) as validator:
        assert (await validator.validate(ONE)).status == "Success"
        fake.hold("run")
        running = asyncio.create_task(validator.validate(ONE))
        await fake.until(lambda f: f.running == 1)
        with pytest.raises(QueueFull):
            await validator.validate(ONE)
        fake.release("run")
        await running


async def test_a_wait_that_is_too_long_is_a_result(opened: Open, fake: FakeProvider) -> None:
    fake.hold("run")
    async with opened(fake, concurrency=1, DAYTONA_QUEUE_TIMEOUT=0.01) as validator:
        running = asyncio.create_task(validator.validate(ONE))
        await fake.until(lambda f: f.running == 1)
        assert (await validator.validate(ONE)).outcome == "unavailable"
        fake.release("run")
        assert (await running).outcome == "passed"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(
    calls=st.lists(
        st.tuples(st.lists(st.integers(0, 5), max_size=8), st.none() | st.integers(1, 5)),
        max_size=5,
    ),
    concurrency=st.integers(1, 4),
)
def test_whatever_the_interleaving_the_limit_holds_and_the_order_is_kept(
    opened: Open, calls: list[tuple[list[int], int | None]], concurrency: int
) -> None:
    async def script(snippet: Snippet) -> Any:
        for _ in range(int(snippet.stdin)):
            await asyncio.sleep(0)
        return ran(snippet.code)

    fake = FakeProvider(script)

    async def call(validator: Validator, pauses: list[int], own: int | None) -> None:
        snippets = [
            Snippet(code=f"#{n}", language="python", stdin=str(pause))
            for n, pause in enumerate(pauses)
        ]
        results = await validator.validate_many(snippets, concurrency=own)
        assert [r.output for r in results] == [s.code for s in snippets]

    async def main() -> None:
        async with (
            opened(fake, concurrency=concurrency) as validator,
            asyncio.TaskGroup() as group,
        ):
            for pauses, own in calls:
                group.create_task(call(validator, pauses, own))
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(main())
    assert fake.most_running <= concurrency
    assert (fake.alive, fake.closed) == (0, sum(len(pauses) for pauses, _ in calls))

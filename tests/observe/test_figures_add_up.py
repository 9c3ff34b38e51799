"""Any calls, cancelled, refused and drained at any time: the figures and events still add up."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from random import Random

import pytest

from daytona_validate import Event, QueueFull, Reason, Snippet, Validator, ValidatorClosed
from daytona_validate.testing import Execution, FakeProvider, SandboxLost, SandboxUnavailable, ran
from plain_settings import plain_settings

pytestmark = pytest.mark.virtual_time

ENDS: tuple[Exception | None, ...] = (
    *(None, None, None, None),
    SandboxLost("gone"),
    SandboxUnavailable("full", reason=Reason.NO_ROOM, retryable=True),
    SandboxUnavailable("no key", reason=Reason.NO_KEY),
    KeyError("a bug"),
)


async def some_turns(chance: Random) -> None:
    for _ in range(chance.randrange(5)):
        await asyncio.sleep(0)


def programs(chance: Random) -> list[Snippet]:
    languages = ("python", "go", "klingon")
    count = chance.randrange(9)
    return [Snippet(code=str(n), language=chance.choice(languages)) for n in range(count)]


async def call(validator: Validator, chance: Random) -> None:
    stop_after, snippets = chance.choice([None, 1, 3]), programs(chance)
    try:
        match chance.randrange(3):
            case 0:
                await validator.validate("1", "python", queue_timeout_s=chance.choice([None, 0]))
            case 1:
                made = await validator.validate_many(snippets, stop_after_unavailable=stop_after)
                assert len(made) == len(snippets)
            case _:
                source = iter(snippets)
                async with validator.stream(source, stop_after_unavailable=stop_after) as finished:
                    async for _ in finished:
                        if chance.random() < 0.1:
                            break
    except (QueueFull, ValidatorClosed):
        pass


@pytest.mark.parametrize("seed", range(20))
async def test_whatever_is_called_off_when(seed: int) -> None:
    chance, events = Random(seed), list[Event]()

    async def answer(_: Snippet) -> Execution:
        await some_turns(chance)
        if (error := chance.choice(ENDS)) is not None:
            raise error
        return ran("1\n")

    uses = chance.choice([1, 3])
    settings = plain_settings(snippets_per_sandbox=uses, max_queue=chance.choice([None, 0, 2]))
    fake, slots = FakeProvider(answer, uses=uses), chance.choice([1, 2, 5])
    validator = Validator(settings, provider=fake, concurrency=slots, on_event=events.append)
    async with validator:
        tasks: list[asyncio.Task[None]] = []
        for _ in range(20):
            tasks.append(asyncio.create_task(call(validator, chance)))
            await some_turns(chance)
            if chance.random() < 0.3:
                chance.choice(tasks).cancel()
        if chance.random() < 0.5:
            await validator.drain(chance.choice([0, 5]))
        await asyncio.gather(*tasks, return_exceptions=True)
    assert [each.exception() for each in tasks if not each.cancelled() and each.exception()] == []
    stats = validator.stats()
    assert (stats.running, stats.waiting, stats.sandboxes, fake.alive) == (0, 0, 0, 0)
    snippets, sandboxes = defaultdict[int, list[str]](list), defaultdict[str, list[str]](list)
    for each in events:
        if each.number is not None:
            snippets[each.number].append(each.kind)
        elif each.sandbox_id is not None:
            sandboxes[each.sandbox_id].append(each.kind)
    assert all(
        (k[0], k[-1], k.count("finished")) == ("queued", "finished", 1) for k in snippets.values()
    )
    assert all(kinds == ["created", "deleted"] for kinds in sandboxes.values())
    assert len(sandboxes) == stats.created == stats.deleted
    assert sum(stats.outcomes.values()) == sum(each.kind == "finished" for each in events)
    assert asyncio.all_tasks() == {asyncio.current_task()}

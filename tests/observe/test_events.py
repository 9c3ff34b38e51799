"""What `on_event` and `stats` tell of a validator: in order, whole, and never in the way."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from types import TracebackType

import pytest

from daytona_validate import (
    DaytonaClient,
    Event,
    EventKind,
    Outcome,
    Reason,
    Sandbox,
    SandboxSpec,
    Snippet,
    Validator,
)
from daytona_validate._observe.hook import MOST_WAITING, Hook
from daytona_validate.testing import FakeProvider, SandboxLost, SandboxUnavailable, ran

PRINTS = Snippet(code="print(1)", language="python", snippet_id="a")
KINDS = EventKind


@pytest.fixture
def events() -> list[Event]:
    return []


@pytest.fixture
def watched(events: list[Event], clean_environment: None) -> Callable[..., Validator]:
    return lambda fake, **more: Validator(provider=fake, on_event=events.append, **more)


async def test_the_events_of_a_snippet_come_in_order(
    watched: Callable[..., Validator], events: list[Event]
) -> None:
    async with watched(FakeProvider(ran("1\n"))) as validator:
        result = await validator.validate(PRINTS)
    assert [each.kind for each in events] == [
        *(KINDS.QUEUED, KINDS.CREATED, KINDS.STARTED, KINDS.DELETED, KINDS.FINISHED),
    ]
    assert {(e.number, e.snippet_id) for e in events if e.number} == {(1, "a")}
    assert events[-1].result == result
    assert [e.at_s for e in events] == sorted(e.at_s for e in events)


async def test_a_retry_is_told_with_its_operation_and_reason(
    watched: Callable[..., Validator], events: list[Event]
) -> None:
    busy = SandboxUnavailable("full", reason=Reason.NO_ROOM, retryable=True)
    async with watched(FakeProvider(open_errors=[busy])) as validator:
        result = await validator.validate(PRINTS)
        stats = validator.stats()
    (retried,) = [each for each in events if each.kind is KINDS.RETRIED]
    assert (retried.operation, retried.reason, retried.number) == ("create", Reason.NO_ROOM, 1)
    assert (result.retries, stats.retries) == (1, 1)


async def test_a_cancelled_snippet_is_finished_without_a_result(
    watched: Callable[..., Validator], events: list[Event]
) -> None:
    fake = FakeProvider()
    fake.hold("run")
    async with watched(fake) as validator:
        running = asyncio.create_task(validator.validate(PRINTS))
        await fake.until(lambda f: f.running == 1)
        now = validator.stats()
        running.cancel()
        await asyncio.wait([running])
        after = validator.stats()
    assert (now.running, now.waiting, now.sandboxes) == (1, 0, 1)
    assert (after.running, after.waiting, after.sandboxes) == (0, 0, 0)
    assert (after.outcomes, after.created, after.deleted) == ({"cancelled": 1}, 1, 1)
    (finished,) = [each for each in events if each.kind is KINDS.FINISHED]
    assert finished.result is None


async def test_one_whose_removal_is_called_off_is_removed_all_the_same(
    watched: Callable[..., Validator], events: list[Event]
) -> None:
    fake = FakeProvider()
    fake.hold("run")
    fake.hold("close")
    async with watched(fake) as validator:
        running = asyncio.create_task(validator.validate(PRINTS))
        await fake.until(lambda f: f.running == 1)
        fake.release("run")
        await fake.until(lambda f: f.running == 0)
        running.cancel()
        await asyncio.sleep(0)
        fake.release("close")
        await asyncio.wait([running])
    stats = validator.stats()
    assert (stats.created, stats.deleted, stats.unconfirmed) == (1, 1, 0)


async def test_who_waits_for_a_slot_is_counted_and_no_more_once_it_is_cancelled(
    watched: Callable[..., Validator],
) -> None:
    fake = FakeProvider()
    fake.hold("run")
    async with watched(fake, concurrency=1) as validator:
        tasks = [asyncio.create_task(validator.validate(PRINTS)) for _ in range(3)]
        await fake.until(lambda f: f.running == 1)
        assert (validator.stats().running, validator.stats().waiting) == (1, 2)
        for each in tasks:
            each.cancel()
        await asyncio.wait(tasks)
        assert (validator.stats().running, validator.stats().waiting) == (0, 0)


async def test_stats_count_by_outcome_language_and_reason(
    watched: Callable[..., Validator],
) -> None:
    lost = [SandboxLost("gone")] * 2
    async with watched(FakeProvider([*lost, ran("1\n"), ran(stderr="x", exit_code=1)])) as each:
        first = await each.validate(PRINTS)
        await each.validate(PRINTS)
        await each.validate(PRINTS)
        await each.validate("x", "klingon")
    stats = each.stats()
    assert first.reason is Reason.SANDBOX_LOST
    assert stats.outcomes == {
        "unavailable": 1,
        "passed": 1,
        "runtime_error": 1,
        "unsupported_language": 1,
    }
    assert (stats.languages, stats.reasons) == ({"python": 3, "other": 1}, {"sandbox_lost": 1})
    assert (stats.created, stats.deleted, stats.sandboxes, stats.unconfirmed) == (4, 4, 0, 0)


async def test_a_sandbox_that_is_not_removed_is_unconfirmed(
    watched: Callable[..., Validator], events: list[Event], caplog: pytest.LogCaptureFixture
) -> None:
    async with watched(FakeProvider(ran("1\n"), close_errors=[OSError("stuck")])) as validator:
        result = await validator.validate(PRINTS)
    stats = validator.stats()
    assert result.outcome is Outcome.PASSED
    assert (stats.created, stats.deleted, stats.unconfirmed, stats.doubtful) == (1, 0, 1, 0)
    (told,) = [each for each in events if each.kind is KINDS.UNCONFIRMED]
    assert told.is_doubtful is False


async def test_one_whose_way_out_raises_what_came_in_is_removed(
    watched: Callable[..., Validator],
) -> None:
    class Raises:
        def __init__(self, inner: AbstractAsyncContextManager[Sandbox]) -> None:
            self._inner = inner

        async def __aenter__(self) -> Sandbox:
            return await self._inner.__aenter__()

        async def __aexit__(
            self,
            kind: type[BaseException] | None,
            error: BaseException | None,
            trace: TracebackType | None,
        ) -> None:
            await self._inner.__aexit__(kind, error, trace)
            if error is not None:
                raise error

    class OfItsOwn(FakeProvider):
        def open(self, spec: SandboxSpec) -> AbstractAsyncContextManager[Sandbox]:
            return Raises(super().open(spec))

    async with watched(OfItsOwn(KeyError("a bug"))) as validator:
        await validator.validate(PRINTS)
    stats = validator.stats()
    assert (stats.created, stats.deleted, stats.unconfirmed) == (1, 1, 0)


async def test_what_a_hook_raises_is_logged_once_and_costs_nothing(
    caplog: pytest.LogCaptureFixture, clean_environment: None
) -> None:
    def fail(event: Event) -> None:
        raise ZeroDivisionError(event.kind)

    with caplog.at_level(logging.INFO, "daytona_validate"):
        async with Validator(provider=FakeProvider(), on_event=fail) as validator:
            results = await validator.validate_many([PRINTS] * 20)
    assert {each.outcome for each in results} == {Outcome.PASSED}
    (record,) = caplog.records
    assert "on_event raised ZeroDivisionError" in record.getMessage()


async def test_a_hook_that_asks_a_cancelled_future_misses_no_event(
    caplog: pytest.LogCaptureFixture, clean_environment: None
) -> None:
    gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    gone.cancel()
    told: list[Event] = []

    def ask(event: Event) -> None:
        told.append(event)
        gone.result()

    with caplog.at_level(logging.INFO, "daytona_validate"):
        async with Validator(provider=FakeProvider(), on_event=ask) as validator:
            assert (await validator.validate(PRINTS)).outcome is Outcome.PASSED
    assert len(told) == 5
    (record,) = caplog.records
    assert "on_event raised CancelledError" in record.getMessage()


async def test_a_hook_is_not_called_inside_what_it_is_told_of() -> None:
    told: list[Event] = []
    hook = Hook(told.append)
    hook.post(Event(kind=KINDS.QUEUED, at_s=0.0))
    assert told == []
    await asyncio.sleep(0)
    assert len(told) == 1


async def test_events_that_wait_are_bounded_and_the_lost_ones_counted() -> None:
    told: list[Event] = []
    hook = Hook(told.append)
    for number in range(MOST_WAITING + 5):
        hook.post(Event(kind=KINDS.QUEUED, at_s=0.0, number=number))
    hook.flush()
    assert (hook.lost, len(told), told[0].number) == (5, MOST_WAITING, 5)


def test_the_synchronous_client_has_both(clean_environment: None) -> None:
    told: list[Event] = []
    with DaytonaClient(provider=FakeProvider(), on_event=told.append) as client:
        client.validate(PRINTS)
        assert client.stats().outcomes == {"passed": 1}
    assert told[-1].kind is KINDS.FINISHED

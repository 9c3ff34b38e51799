"""What fails in a sandbox that other snippets used costs no verdict, and nothing is left of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from cancelled_at import at_every_wait
from daytona_validate import (
    CodeValidationResult,
    Outcome,
    Sandbox,
    SandboxSpec,
    Snippet,
    Validator,
)
from daytona_validate._sandbox_pool.call import MOST_REFUSALS
from daytona_validate.testing import (
    Answer,
    FakeProvider,
    ProgramStarved,
    SandboxLost,
    SandboxUnavailable,
    SandboxUsedUp,
    ran,
)

Open = Callable[..., Validator]
Numbered = Callable[[int], list[Snippet]]


async def second(opened: Open, numbered: Numbered, fake: FakeProvider) -> CodeValidationResult:
    """Return the result of a snippet in whose sandbox another one was before."""
    async with opened(fake, concurrency=1, DAYTONA_SNIPPETS_PER_SANDBOX=9) as validator:
        first, second = await validator.validate_many(numbered(2))
    assert (first.outcome, first.sandbox_use) == (Outcome.PASSED, 1)
    assert fake.alive == 0
    return second


@pytest.mark.parametrize(
    ("answers", "attempts"),
    [
        ([SandboxLost("gone")], 2),
        ([SandboxUnavailable("no answer")], 2),
        ([SandboxUsedUp("a process is left")], 1),
        ([SandboxLost("gone"), SandboxLost("gone")], 3),
        ([SandboxUsedUp("a process is left"), SandboxLost("gone")], 2),
    ],
    ids=lambda value: (
        "+".join(type(each).__name__ for each in value) if type(value) is list else ""
    ),
)
async def test_the_snippet_gets_a_new_one_and_all_its_tries_there(
    opened: Open, numbered: Numbered, answers: list[Answer], attempts: int
) -> None:
    fake = FakeProvider([ran(), *answers, ran("1\n")], uses=9)
    result = await second(opened, numbered, fake)
    assert (result.outcome, result.output, result.attempts) == (Outcome.PASSED, "1\n", attempts)
    assert (result.sandbox_id, result.sandbox_use) == (f"fake-{fake.opened}", 1)
    assert fake.opened == len(answers) + 1


async def test_where_used_ones_refuse_again_and_again_each_is_used_once(
    opened: Open, numbered: Numbered
) -> None:
    def script(_: Snippet) -> Answer:
        made.append(fake.opened)
        is_used = made[-2:] == [fake.opened] * 2
        return SandboxUsedUp("full") if is_used else ran()

    made: list[int] = []
    fake = FakeProvider(script, uses=9)
    async with opened(fake, concurrency=1, DAYTONA_SNIPPETS_PER_SANDBOX=9) as validator:
        results = await validator.validate_many(numbered(9))
    assert {(each.outcome, each.attempts) for each in results} == {(Outcome.PASSED, 1)}
    assert (fake.opened, len(fake.snippets)) == (9, 9 + MOST_REFUSALS)


async def test_a_refusal_now_and_then_keeps_nobody_from_sharing(
    opened: Open, numbered: Numbered
) -> None:
    def script(snippet: Snippet) -> Answer:
        is_third = fake.snippets.index(snippet) % 4 == 2
        is_first_try = fake.snippets.count(snippet) == 1
        return SandboxUsedUp("full") if is_third and is_first_try else ran()

    fake = FakeProvider(script, uses=9)
    async with opened(fake, concurrency=1, DAYTONA_SNIPPETS_PER_SANDBOX=9) as validator:
        results = await validator.validate_many(numbered(40))
    assert {each.outcome for each in results} == {Outcome.PASSED}
    assert results[-1].sandbox_use != results[-2].sandbox_use
    assert fake.opened <= 40 * 0.4


async def test_who_loses_new_ones_too_is_unavailable_as_ever(
    opened: Open, numbered: Numbered
) -> None:
    lost = SandboxLost("gone")
    fake = FakeProvider([ran(), lost, lost, lost, ran()], uses=9)
    result = await second(opened, numbered, fake)
    assert (result.outcome, result.attempts, fake.opened) == (Outcome.UNAVAILABLE, 3, 3)
    assert result.details == "Code validation unavailable - gone"


async def test_where_no_new_one_is_made_the_asking_is_bounded_as_ever(
    opened: Open, numbered: Numbered
) -> None:
    class Full(FakeProvider):
        refused = 0

        def open(self, spec: SandboxSpec) -> AbstractAsyncContextManager[Sandbox]:
            if not self.asked:
                return super().open(spec)
            self.refused += 1
            raise SandboxUnavailable("full", retryable=True)

    fake = Full([ran(), SandboxLost("gone"), ran()], uses=9)
    async with opened(
        fake, concurrency=1, DAYTONA_SNIPPETS_PER_SANDBOX=9, DAYTONA_CREATE_ATTEMPTS=1
    ) as validator:
        _, result = await validator.validate_many(numbered(2))
    assert (result.details, fake.refused) == ("Code validation unavailable - full", 1)


async def test_who_was_starved_in_a_used_one_is_run_again_alone(
    opened: Open, numbered: Numbered
) -> None:
    fake = FakeProvider([ran(), ProgramStarved("busy"), ran()], uses=9)
    result = await second(opened, numbered, fake)
    assert (result.outcome, result.attempts, result.sandbox_use) == (Outcome.PASSED, 2, 1)
    assert [spec.is_alone for spec in fake.specs] == [False, True]


@pytest.mark.virtual_time
@pytest.mark.parametrize("hangs_anew", [False, True])
async def test_who_hangs_in_a_used_one_until_the_total_timeout_gets_a_new_one(
    opened: Open, numbered: Numbered, hangs_anew: bool
) -> None:
    async def script(_: Snippet) -> Any:
        if len(fake.snippets) == 2 or (hangs_anew and len(fake.snippets) == 3):
            await asyncio.Event().wait()
        return ran()

    fake = FakeProvider(script, uses=9)
    result = await second(opened, numbered, fake)
    expected = Outcome.UNAVAILABLE if hangs_anew else Outcome.PASSED
    assert (result.outcome, result.attempts, result.sandbox_use) == (expected, 2, 1)
    assert ("DAYTONA_TOTAL_TIMEOUT" in result.details, fake.opened) == (hangs_anew, 2)


async def test_one_that_gave_no_verdict_is_not_used_again(opened: Open, numbered: Numbered) -> None:
    async def script(_: Snippet) -> Any:
        number = len(fake.snippets)
        if number > 2:
            await two.wait()
        return SandboxLost("gone") if number == 1 else ran()

    two = asyncio.Barrier(2)
    fake = FakeProvider(script, uses=9)
    async with opened(fake, concurrency=2, DAYTONA_SNIPPETS_PER_SANDBOX=9) as validator:
        results = await validator.validate_many(numbered(3))
    assert {each.sandbox_id for each in results} == {"fake-2", "fake-3"}


async def test_after_a_used_one_no_other_used_one_is_tried(
    opened: Open, numbered: Numbered
) -> None:
    async def script(_: Snippet) -> Any:
        number = len(fake.snippets)
        if number <= 3:
            await three.wait()
        return SandboxLost("gone") if number == 4 else ran()

    three = asyncio.Barrier(3)
    fake = FakeProvider(script, uses=9)
    async with opened(fake, concurrency=3, DAYTONA_SNIPPETS_PER_SANDBOX=9) as validator:
        *_, last = await validator.validate_many(numbered(4))
    assert (last.sandbox_use, last.attempts, last.sandbox_id) == (1, 2, "fake-4")


async def test_after_a_new_one_no_used_one_is_tried(opened: Open, numbered: Numbered) -> None:
    async def source() -> Any:
        for each in numbered(2):
            yield each
        await fake.until(lambda f: len(f.snippets) == 3)  # so far, what is idle may be needed

    async def script(snippet: Snippet) -> Any:
        number = len(fake.snippets)
        if number <= 2:
            await two.wait()
        if snippet.code == "print(0)" or number == 3:
            return ran()
        await fake.until(lambda f: f.running == 1)
        return SandboxLost("gone")

    two = asyncio.Barrier(2)
    fake = FakeProvider(script, uses=9)
    async with opened(fake, concurrency=3, DAYTONA_SNIPPETS_PER_SANDBOX=9) as validator:
        _, last = await validator.validate_many(source())
    assert (last.sandbox_use, last.attempts, last.sandbox_id) == (1, 2, "fake-3")


@pytest.mark.parametrize("times", [1, 2])
async def test_a_call_that_is_cancelled_anywhere_leaves_no_sandbox(
    opened: Open, times: int
) -> None:
    fakes: list[FakeProvider] = []

    async def script(_: Snippet) -> Any:
        await asyncio.sleep(0)
        return ran()

    async def call() -> None:
        fakes.append(FakeProvider(script, uses=2))
        snippets = [Snippet(code="1", language=each) for each in ("python", "go", "go", "python")]
        async with validator_of(fakes[-1]) as validator:
            await validator.validate_many(snippets)

    def validator_of(fake: FakeProvider) -> Validator:
        return opened(fake, concurrency=2, DAYTONA_SNIPPETS_PER_SANDBOX=2)

    async for _ in at_every_wait(call, times=times):
        assert fakes[-1].alive == 0
    assert any(fake.opened > 1 for fake in fakes)

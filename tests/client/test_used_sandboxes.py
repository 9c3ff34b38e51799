"""A sandbox that several snippets of a call use: by whom, how often, and for how long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daytona_validate import CodeValidationResult, Limits, Outcome, Snippet, Validator
from daytona_validate._sandbox_pool.call import END_GRACE_S
from daytona_validate.testing import FakeProvider, ran

Open = Callable[..., Validator]
Numbered = Callable[[int], list[Snippet]]


def of(language: str, count: int) -> list[Snippet]:
    return [Snippet(code=f"{n}", language=language) for n in range(count)]


def uses(results: list[CodeValidationResult]) -> list[tuple[str | None, int | None]]:
    return [(each.sandbox_id, each.sandbox_use) for each in results]


async def judged(
    opened: Open, fake: FakeProvider, snippets: Any, *, most: int, concurrency: int = 1
) -> list[CodeValidationResult]:
    async with opened(
        fake, concurrency=concurrency, DAYTONA_SNIPPETS_PER_SANDBOX=most
    ) as validator:
        return await validator.validate_many(snippets)


async def test_by_default_each_snippet_has_a_sandbox_of_its_own(
    opened: Open, numbered: Numbered
) -> None:
    fake = FakeProvider(uses=50)
    async with opened(fake, concurrency=1) as validator:
        results = await validator.validate_many(numbered(3))
    assert uses(results) == [("fake-1", 1), ("fake-2", 1), ("fake-3", 1)]
    assert (fake.opened, fake.closed) == (3, 3)


async def test_a_sandbox_takes_as_many_snippets_as_the_setting_says(
    opened: Open, numbered: Numbered
) -> None:
    fake = FakeProvider(uses=50)
    results = await judged(opened, fake, numbered(5), most=3)
    expected = [("fake-1", 1), ("fake-1", 2), ("fake-1", 3), ("fake-2", 1), ("fake-2", 2)]
    assert uses(results) == expected
    assert [each.attempts for each in results] == [1] * 5
    assert (fake.opened, fake.closed) == (2, 2)


async def test_it_is_asked_after_each_run_whether_it_is_fit_for_another(
    opened: Open, numbered: Numbered
) -> None:
    once, twice = FakeProvider(), FakeProvider(uses=2)
    assert {use for _, use in uses(await judged(opened, once, numbered(4), most=9))} == {1}
    assert [use for _, use in uses(await judged(opened, twice, numbered(4), most=9))] == [1, 2] * 2
    assert (once.opened, once.closed, twice.opened, twice.closed) == (4, 4, 2, 2)


async def test_only_the_same_language_limits_and_packages_share_one(opened: Open) -> None:
    fake = FakeProvider(uses=50)
    plain, other = of("python", 2), of("go", 2)
    small = [Snippet(code="1", language="python", limits=Limits(memory_mib=64))] * 2
    mixed = [plain[0], other[0], small[0], plain[1], other[1], small[1]]
    results = await judged(opened, fake, mixed, most=9, concurrency=3)
    specs = {f"fake-{number}": spec for number, spec in enumerate(fake.specs, 1)}
    assert all(each.language == specs[str(each.sandbox_id)].language for each in results)
    sandboxes = {results[at].sandbox_id for at in (2, 5)}
    assert sandboxes.isdisjoint({results[at].sandbox_id for at in (0, 1, 3, 4)})


async def test_what_is_idle_gives_way_to_what_is_needed(opened: Open) -> None:
    async def script(_: Snippet) -> Any:
        await three.wait()
        alive.append(fake.alive)
        return ran()

    three, alive = asyncio.Barrier(3), list[int]()
    fake = FakeProvider(script, uses=50)
    mixed = [*of("python", 6), *of("go", 6), *of("java", 6)]
    results = await judged(opened, fake, mixed, most=50, concurrency=3)
    assert {each.outcome for each in results} == {Outcome.PASSED}
    assert max(alive) <= 3
    assert (fake.opened, fake.alive) == (9, 0)


async def test_calls_of_one_validator_share_its_places_and_no_sandbox(opened: Open) -> None:
    def script(_: Snippet) -> Any:
        alive.append(fake.alive)
        return ran()

    alive: list[int] = []
    fake = FakeProvider(script, uses=50)
    async with opened(fake, concurrency=2, DAYTONA_SNIPPETS_PER_SANDBOX=50) as validator:
        calls = (of("python", 4), of("python", 4))
        batches = await asyncio.gather(*map(validator.validate_many, calls))
        ones = await asyncio.gather(*map(validator.validate, of("python", 4)))
    ids = [{each.sandbox_id for each in batch} for batch in (*batches, *([one] for one in ones))]
    assert sum(map(len, ids)) == len(set[str | None]().union(*ids))
    assert max(alive) <= 2
    assert fake.alive == 0


@pytest.mark.virtual_time
async def test_a_sandbox_goes_when_no_snippet_is_left_for_it(opened: Open) -> None:
    async def script(snippet: Snippet) -> Any:
        if snippet.code == "last":
            await go_on.wait()
        return ran()

    go_on = asyncio.Event()
    fake = FakeProvider(script, uses=50)
    snippets = [Snippet(code="last", language="python"), *of("python", 8)]
    async with opened(fake, concurrency=3, DAYTONA_SNIPPETS_PER_SANDBOX=50) as validator:
        call = asyncio.create_task(validator.validate_many(snippets))
        async with asyncio.timeout(1):
            await fake.until(lambda f: len(f.snippets) == 9 and f.alive == 1)
        go_on.set()
        await call
        assert fake.alive == 0


async def test_none_outlives_a_call_that_is_left_early(opened: Open, numbered: Numbered) -> None:
    fake = FakeProvider(uses=50)
    async with opened(fake, concurrency=3, DAYTONA_SNIPPETS_PER_SANDBOX=50) as validator:
        async with validator.stream(numbered(30)) as finished:
            async for _ in finished:
                break
        assert (fake.alive, fake.opened > 0) == (0, True)


async def all_of(results: Any) -> list[Any]:
    async with results as finished:
        return [each async for each in finished]


async def test_a_stream_ends_when_its_sandboxes_are_gone_however_often_it_is_cancelled(
    opened: Open, numbered: Numbered
) -> None:
    async def source() -> Any:
        for each in numbered(1):
            yield each
        await asyncio.Event().wait()

    fake = FakeProvider(uses=50)
    async with opened(fake, concurrency=1, DAYTONA_SNIPPETS_PER_SANDBOX=50) as validator:
        fake.hold("close")
        call = asyncio.create_task(all_of(validator.stream(source())))
        await fake.until(lambda f: len(f.snippets) == 1 and not f.running)
        for _ in range(3):
            call.cancel()
            for _ in range(20):
                await asyncio.sleep(0)
            assert not call.done()
        fake.release("close")
        await asyncio.wait([call])
        assert (call.cancelled(), fake.alive) == (True, 0)


async def test_closing_does_not_wait_for_who_holds_results_open(
    opened: Open, numbered: Numbered
) -> None:
    async def source() -> Any:
        for each in numbered(3):
            yield each
        await asyncio.Event().wait()

    fake = FakeProvider(uses=50)
    validator = opened(fake, concurrency=1, DAYTONA_SNIPPETS_PER_SANDBOX=50)
    async with validator, validator.stream(source()) as finished:
        assert [(await anext(finished)).sandbox_use for _ in range(3)] == [1, 2, 3]
        assert fake.alive == 1
        await validator.aclose()
        assert (fake.alive, fake.is_closed) == (0, True)


@pytest.mark.virtual_time
async def test_a_slow_source_keeps_no_sandbox_idle(opened: Open, numbered: Numbered) -> None:
    pauses_s, alive = iter((59, 59, 61, 3600)), list[int]()

    async def source() -> Any:
        for each in numbered(5):
            yield each
            await asyncio.sleep(next(pauses_s, 0))
            alive.append(fake.alive)

    fake = FakeProvider(uses=50)
    results = await judged(opened, fake, source(), most=50)
    assert [use for _, use in uses(results)] == [1, 2, 3, 1, 1]
    assert alive[:4] == [1, 1, 0, 0]


async def test_a_removal_that_fails_is_logged_and_costs_no_result(
    opened: Open, numbered: Numbered, caplog: pytest.LogCaptureFixture
) -> None:
    fake = FakeProvider(uses=50, close_errors=[OSError("no")])
    results = await judged(opened, fake, numbered(4), most=2)
    assert [each.outcome for each in results] == [Outcome.PASSED] * 4
    assert [record.message for record in caplog.records] == ["A sandbox could not be removed."]


@pytest.mark.virtual_time
async def test_a_removal_without_an_end_costs_no_result(
    opened: Open, numbered: Numbered, caplog: pytest.LogCaptureFixture
) -> None:
    fake = FakeProvider(uses=50, close_grace_s=2 * END_GRACE_S)
    fake.hold("close")
    results = await judged(opened, fake, numbered(2), most=50)
    assert [use for _, use in uses(results)] == [1, 2]
    assert "A sandbox could not be removed." in [record.message for record in caplog.records]


@given(
    languages=st.lists(st.sampled_from(["python", "go", "java"]), max_size=30),
    own=st.integers(1, 6),
    places=st.integers(1, 4),
    most=st.integers(2, 5),
    takes=st.integers(1, 6),
    failures=st.sets(st.integers(0, 40)),
)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_comes_each_has_its_result_and_nothing_is_left(
    opened: Open,
    *,
    languages: list[str],
    own: int,
    places: int,
    most: int,
    takes: int,
    failures: set[int],
) -> None:
    async def script(snippet: Snippet) -> Any:
        assert fake.alive <= min(own, places)
        await asyncio.sleep(0)
        return ran(snippet.code, exit_code=int(snippet.code) in failures)

    fake = FakeProvider(script, uses=takes)
    snippets = [Snippet(code=str(n), language=each) for n, each in enumerate(languages)]
    async with opened(fake, concurrency=places, DAYTONA_SNIPPETS_PER_SANDBOX=most) as validator:
        results = await validator.validate_many(snippets, concurrency=own)
        assert fake.alive == 0
    assert [each.output for each in results] == [each.code for each in snippets]
    assert len(set(uses(results))) == len(results)  # never two at a time
    assert all(1 <= (each.sandbox_use or 0) <= min(most, takes) for each in results)

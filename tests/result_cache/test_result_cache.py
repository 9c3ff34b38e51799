"""A validator with a result cache: what is known is not run, and all else is."""

from __future__ import annotations

import logging
import threading
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from cancelled_at import at_every_wait
from daytona_validate import CodeValidationResult, Location, Outcome, Snippet, Validator
from daytona_validate._errors import SandboxUnavailable
from daytona_validate._models import Limit
from daytona_validate._result_cache.answer_file import FOLDER, NAME, AnswerFile
from daytona_validate._result_cache.answer_text import MOST_BYTES, answer_of, answer_text
from daytona_validate._result_cache.result_cache import ResultCache
from daytona_validate.testing import FakeProvider, ran
from eventually import eventually
from identified_provider import IdentifiedProvider
from plain_settings import plain_settings

SNIPPET = Snippet(code="print(1)", language="py")
FAILURE = ran(stderr="ValueError: no\n", exit_code=1)


async def validated(
    cache: Path, provider: FakeProvider, *snippets: Snippet, use: str | None = "on", **more: Any
) -> list[CodeValidationResult]:
    settings = plain_settings(cache_dir=cache, cache=use, **more)
    async with Validator(settings, provider=provider) as validator:
        return await validator.validate_many(snippets or [SNIPPET])


async def test_what_is_known_is_not_run_and_takes_the_place_of_who_asks(cache: Path) -> None:
    provider = IdentifiedProvider(ran("1\n", wall_s=0.5))
    [first] = await validated(cache, provider)
    asking = replace(
        SNIPPET, skill="s", snippet_id="i", location=Location("b.md", 2), language="python"
    )
    second = (await validated(cache, provider, SNIPPET, asking))[0]
    assert provider.opened == 2, "another name of the language may be another matter"
    again = replace(SNIPPET, skill="s", snippet_id="i", location=Location("b.md", 2))
    third = (await validated(cache, provider, Snippet(code="", language="py"), again))[1]
    assert provider.opened == 2
    assert second == replace(first, cached=True)
    assert third == replace(
        first, cached=True, index=1, skill="s", snippet_id="i", location=again.location
    )


@pytest.mark.parametrize("use", [None, "off"])
async def test_no_validator_has_one_that_is_not_asked_for(cache: Path, use: str | None) -> None:
    provider = IdentifiedProvider()
    for _ in range(2):
        await validated(cache, provider, use=use)
    assert (provider.opened, list(cache.iterdir())) == (2, [])


async def test_what_ran_in_a_shared_sandbox_is_not_kept(cache: Path) -> None:
    provider = IdentifiedProvider()
    for _ in range(2):
        await validated(cache, provider, snippets_per_sandbox=2)
    assert (provider.opened, list(cache.iterdir())) == (2, [])


@pytest.mark.parametrize(
    ("identities", "runs"),
    [
        ([None] * 4, 2),
        (["a", "a", "a"], 1),
        (["a", "b", "b", "b"], 2),
        ([None, "a", "a"], 1),
        (["a", None, "a", "a"], 2),
        (["a", "a", "b", "b"], 2),
    ],
    ids=[
        "nobody knows what runs",
        "it stays the same",
        "it changed while a snippet ran",
        "it was prepared for the first",
        "it was removed meanwhile",
        "another one has come",
    ],
)
async def test_only_what_surely_ran_in_the_same_is_given_again(
    cache: Path, identities: list[str | None], runs: int
) -> None:
    provider = IdentifiedProvider(identity=lambda number: identities[number])
    for _ in range(2):
        await validated(cache, provider)
    assert provider.opened == runs


async def test_who_cannot_tell_what_it_is_has_every_snippet_run(cache: Path) -> None:
    def fails(_number: int) -> str:
        raise SandboxUnavailable("gone")

    failing = IdentifiedProvider(identity=fails)
    for provider in (failing, failing, FakeProvider(), FakeProvider()):
        [result] = await validated(cache, provider)
        assert (result.outcome, result.cached) == (Outcome.PASSED, False)
    assert not (cache / FOLDER / NAME).exists()


class _NamedProvider(FakeProvider):
    identity = "no method"


async def test_an_error_of_a_provider_that_is_asked_what_it_is_ends_no_run(
    cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(_number: int) -> str:
        raise ZeroDivisionError

    for provider in (_NamedProvider(), IdentifiedProvider(identity=fails)):
        caplog.clear()
        results = await validated(cache, provider, SNIPPET, SNIPPET)
        assert [each.outcome for each in results] == [Outcome.PASSED] * 2
        [told] = [each for each in caplog.records if each.levelno >= logging.WARNING]
        assert "result cache" in told.message
        assert told.exc_info
    assert not (cache / FOLDER / NAME).exists()


async def test_what_ends_when_it_is_closed_is_not_lost(cache: Path) -> None:
    """As when a validator is closed under two cancellations."""
    provider = IdentifiedProvider()
    [passed] = await validated(cache, provider, use="off")
    answers = ResultCache(provider, plain_settings(), AnswerFile(cache))

    async def run() -> CodeValidationResult:
        await answers.aclose()
        return passed

    for _ in range(2):
        assert await answers.result(SNIPPET, index=0, run=run) == passed


@pytest.mark.parametrize(
    ("execution", "runs"),
    [
        (FAILURE, 1),
        (ran(limit=Limit.TIMEOUT), 2),
        (ran(limit=Limit.MEMORY), 2),
        (ran(exit_code=137, signal=9), 2),
        (SandboxUnavailable("full"), 2),
    ],
    ids=["an error", "time", "memory", "a signal", "no sandbox"],
)
async def test_only_what_the_code_did_is_kept(cache: Path, execution: Any, runs: int) -> None:
    snippets = [replace(SNIPPET, should_fail=name) for name in (None, "timeout")]
    provider = IdentifiedProvider(execution)
    for _ in range(2):
        await validated(cache, provider, *snippets, create_attempts=1)
    assert provider.asked == 2 * runs


async def test_failures_are_run_again_where_only_passes_count(cache: Path) -> None:
    provider = IdentifiedProvider({"print(1)": ran("1\n"), "fail": FAILURE})
    snippets = (SNIPPET, replace(SNIPPET, code="fail"))
    await validated(cache, provider, *snippets)
    results = await validated(cache, provider, *snippets, use="passed")
    assert [each.cached for each in results] == [True, False]
    results = await validated(cache, provider, *snippets)
    assert [each.cached for each in results] == [True, True]


@pytest.mark.parametrize(
    "changed", [{"memory_mib": 500}, {"timeouts": {"python": 9}}, {"packages": {"python": ("a",)}}]
)
async def test_other_settings_are_other_runs(cache: Path, changed: dict[str, Any]) -> None:
    provider = IdentifiedProvider()
    await validated(cache, provider)
    await validated(cache, provider, **changed)
    assert provider.opened == 2


async def test_a_damaged_file_is_a_run_without_it(cache: Path) -> None:
    provider = IdentifiedProvider()
    await validated(cache, provider)
    (cache / FOLDER / NAME).write_bytes(b"no database" * 999)
    for is_cached in (False, True):
        [result] = await validated(cache, provider)
        assert (result.outcome, result.cached) == (Outcome.PASSED, is_cached)


async def test_two_cancellations_anywhere_let_go_of_file_and_thread(cache: Path) -> None:
    provider = IdentifiedProvider()
    settings = plain_settings(cache_dir=cache, cache="on")
    codes = map(str, count())

    async def work() -> None:
        async with Validator(settings, provider=provider) as validator:
            await validator.validate(replace(SNIPPET, code=next(codes)))

    async for _ in at_every_wait(work, times=2):
        await eventually(lambda: not [n for n in threading.enumerate() if "results" in n.name])
        left = {each.name for each in cache.glob(f"{FOLDER}/*")}
        assert (left - {NAME}, provider.alive) == (set(), 0), "its log is in the file"
    assert left == {NAME}


async def test_a_text_comes_back_as_the_same_result_or_is_not_kept(cache: Path) -> None:
    [result] = await validated(cache, IdentifiedProvider(ran("naïve 🎉\x00\x85\n")))
    text = answer_text(result)
    assert text is not None
    assert answer_of(text) == result
    assert answer_text(replace(result, output="x" * MOST_BYTES)) is None
    assert answer_text(replace(result, execution_time=float("nan"))) is None
    late = replace(result, outcome=Outcome.TIMEOUT)
    assert (answer_text(late), answer_of(late.to_json().encode())) == (None, None)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\xff",
        b"null",
        b"{}",
        b"[" * 100_000,
        b'{"outcome": "timeout"}',
    ],
)
def test_what_is_no_result_is_not_known(text: bytes) -> None:
    assert answer_of(text) is None

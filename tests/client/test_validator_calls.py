"""What the calls of a validator return."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from daytona_validate import ConfigurationError, Limits, Outcome, Snippet, Validator
from daytona_validate.testing import FakeProvider, SandboxUnavailable, ran

Open = Callable[..., Validator]
Numbered = Callable[[int], list[Snippet]]


async def test_one_snippet_comes_back_with_all_that_is_known(opened: Open) -> None:
    fake = FakeProvider(ran("hi\n", wall_s=0.23))
    async with opened(fake) as validator:
        result = await validator.validate('print("hi")', "PY", skill="Python")
    assert result.to_dict() | {"timings": None} == {
        "skill": "Python",
        "status": "Success",
        "output": "hi\n",
        "error": None,
        "execution_time": 0.23,
        "details": "Code executed successfully in 0.23 seconds",
        "outcome": "passed",
        "fault": "none",
        "stage": "run",
        "language": "python",
        "provider": "fake",
        "reason": None,
        "retries": 0,
        "exit_code": 0,
        "signal": None,
        "usage": {
            "wall_s": 0.23,
            "cpu_s": None,
            "peak_memory_bytes": None,
            "is_estimated": False,
            "waited_s": None,
        },
        "timings": None,
        "lost_bytes": {"stdout": 0, "stderr": 0},
        "runtime": "fake 1.0",
        "sandbox_id": "fake-1",
        "sandbox_use": 1,
        "network": "blocked",
        "attempts": 1,
        "cached": False,
        "deduplicated_of": None,
        "index": 0,
        "snippet_id": None,
        "location": None,
        "caveat": None,
        "error_line": None,
        "missing": None,
        "earlier": [],
        "completed": None,
        "is_verdict": True,
    }
    assert result.timings.created_s >= 0
    assert fake.alive == 0


@pytest.mark.parametrize(
    ("code", "language", "outcome", "called"),
    [
        ("x", " JS ", Outcome.UNAVAILABLE, "javascript"),
        ("", "JS", Outcome.INVALID_SNIPPET, "javascript"),
        ("x", "Cobol", Outcome.UNSUPPORTED_LANGUAGE, "Cobol"),
    ],
)
async def test_a_result_has_its_languages_name_in_the_table(
    opened: Open, code: str, language: str, outcome: Outcome, called: str
) -> None:
    async with opened(FakeProvider(SandboxUnavailable("gone"))) as validator:
        result = await validator.validate(code, language)
    assert (result.outcome, result.language) == (outcome, called)


async def test_a_snippet_keeps_what_the_call_does_not_replace(
    opened: Open, fake: FakeProvider
) -> None:
    snippet = Snippet(code="1", language="python", skill="a", stdin="b", timeout_s=7)
    async with opened(fake) as validator:
        await validator.validate(snippet)
        await validator.validate(snippet, "javascript", skill="c", stdin="d", timeout_s=9)
    assert fake.snippets == [
        snippet,
        Snippet(code="1", language="javascript", skill="c", stdin="d", timeout_s=9),
    ]
    assert [spec.limits.timeout_s for spec in fake.specs] == [7, 9]


@pytest.mark.parametrize(
    ("snippet", "outcome"),
    [
        (Snippet(code="1", language="pyton"), Outcome.UNSUPPORTED_LANGUAGE),
        (Snippet(code="1", language=""), Outcome.UNSUPPORTED_LANGUAGE),
        (Snippet(code=" ", language="python"), Outcome.INVALID_SNIPPET),
        (Snippet(code="a\0b", language="python"), Outcome.INVALID_SNIPPET),
        (Snippet(code="'\ud800'", language="python"), Outcome.INVALID_SNIPPET),
        (Snippet(code="#" * 2000, language="python"), Outcome.INVALID_SNIPPET),
        (Snippet(code="", language="", unreadable="line 3"), Outcome.INVALID_SNIPPET),
    ],
)
async def test_bad_input_is_a_result_and_needs_no_sandbox(
    opened: Open, fake: FakeProvider, snippet: Snippet, outcome: Outcome
) -> None:
    async with opened(fake, DAYTONA_MAX_CODE_KIB=1) as validator:
        result = await validator.validate(snippet)
    assert (result.outcome, result.attempts, fake.asked) == (outcome, 0, 0)


async def test_no_language_is_a_result_too(opened: Open, fake: FakeProvider) -> None:
    async with opened(fake) as validator:
        result = await validator.validate("print(1)")
    assert result.outcome is Outcome.UNSUPPORTED_LANGUAGE


@pytest.mark.parametrize("concurrency", [1, 3, 50])
async def test_many_come_back_in_the_order_of_the_source(
    opened: Open, numbered: Numbered, concurrency: int
) -> None:
    """Also where the later ones finish first."""
    async with opened(FakeProvider(lambda s: ran(s.code)), concurrency=50) as validator:
        results = await validator.validate_many(numbered(20), concurrency=concurrency)
    assert [r.output for r in results] == [f"print({n})" for n in range(20)]
    assert [r.index for r in results] == list(range(20))


async def test_one_bad_snippet_does_not_stop_the_rest(opened: Open, numbered: Numbered) -> None:
    def script(snippet: Snippet) -> Any:
        if "2" in snippet.code:
            raise RuntimeError("a bug of the provider")
        return ran(exit_code=1) if "3" in snippet.code else ran()

    snippets = [*numbered(5), Snippet(code="", language="python")]
    async with opened(FakeProvider(script)) as validator:
        results = await validator.validate_many(snippets)
    assert [r.outcome.value for r in results] == [
        "passed",
        "passed",
        "unavailable",
        "runtime_error",
        "passed",
        "invalid_snippet",
    ]


async def test_the_source_may_be_asynchronous(
    opened: Open, fake: FakeProvider, numbered: Numbered
) -> None:
    async def source() -> AsyncIterator[Snippet]:
        for snippet in numbered(5):
            yield snippet

    async with opened(fake) as validator:
        assert len(await validator.validate_many(source())) == 5


async def test_what_the_source_raises_comes_out_as_it_is(
    opened: Open, fake: FakeProvider, numbered: Numbered
) -> None:
    error = LookupError("no more")

    async def source() -> AsyncIterator[Snippet]:
        for snippet in numbered(3):
            yield snippet
        raise error

    async with opened(fake) as validator:
        with pytest.raises(LookupError) as caught:
            await validator.validate_many(source())
    assert caught.value is error
    assert (fake.alive, fake.opened) == (0, 3)


async def test_an_item_that_is_no_snippet_is_the_callers_mistake(
    opened: Open, fake: FakeProvider
) -> None:
    async with opened(fake) as validator:
        with pytest.raises(ConfigurationError, match="number 0 is str"):
            await validator.validate_many("print(1)")  # type: ignore[arg-type]  # the point


@pytest.mark.parametrize("concurrency", [0, -1])
async def test_a_concurrency_below_one_is_refused(
    opened: Open, fake: FakeProvider, concurrency: int
) -> None:
    async with opened(fake) as validator:
        with pytest.raises(ConfigurationError, match="at least 1"):
            validator.stream([], concurrency=concurrency)


async def test_settings_reach_the_sandbox(opened: Open, fake: FakeProvider) -> None:
    settings = {
        "DAYTONA_TIMEOUTS__JS": 9,
        "DAYTONA_PACKAGES__PYTHON": "numpy",
        "DAYTONA_MEMORY_MIB": 100,
    }
    async with opened(fake, **settings) as validator:
        await validator.validate("1", "py")
        await validator.validate("1", "node")
        own = Snippet(code="1", language="python", limits=Limits(timeout_s=3))
        await validator.validate(own)
    python, javascript, limited = fake.specs
    assert (python.language, python.packages) == ("python", ("numpy",))
    assert (python.limits.timeout_s, python.limits.memory_mib) == (30, 100)
    assert (javascript.packages, javascript.limits.timeout_s) == ((), 9)
    assert limited.limits == Limits(timeout_s=3)

"""One example of each public use. Only type checkers read this file; it is never run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import Any, assert_type

import httpx

from daytona_validate import (
    CodeSnippet,
    CodeValidationResult,
    ConfigurationError,
    DaytonaClient,
    DaytonaValidateError,
    Fault,
    Limits,
    Location,
    Outcome,
    QueueFull,
    Sandbox,
    SandboxProvider,
    SandboxSpec,
    Settings,
    Snippet,
    Stage,
    Validator,
    ValidatorClosed,
    get_daytona_client,
)
from daytona_validate.testing import Execution, FakeProvider, Limit, SandboxLost, ran


async def one(validator: Validator, snippet: Snippet) -> None:
    by_text = await validator.validate("print(1)", "python", skill="s", stdin="in", timeout_s=1)
    assert_type(by_text, CodeValidationResult)
    assert_type(await validator.validate(snippet), CodeValidationResult)
    assert_type(by_text.outcome, Outcome)
    assert_type(by_text.fault, Fault)
    assert_type(by_text.stage, Stage)
    assert_type(by_text.error, str | None)
    assert_type(by_text.location, Location | None)
    assert_type(by_text.is_verdict, bool)
    assert_type(by_text.to_dict(), dict[str, object])
    assert_type(by_text.to_json(), str)


async def many(validator: Validator, plain: Iterable[Snippet]) -> None:
    async def source() -> AsyncIterator[Snippet]:
        yield Snippet(code="1", language="python", files={"a": "b", "c": b"d"}, limits=Limits())
        yield Snippet(code="1", language="py", expected_output="1.0", compare="float=1e-6")

    assert_type(await validator.validate_many(plain, concurrency=5), list[CodeValidationResult])
    assert_type(await validator.validate_many(source()), list[CodeValidationResult])
    async with validator.stream(source(), concurrency=5) as finished:
        async for result in finished:
            assert_type(result, CodeValidationResult)


async def opening(provider: SandboxProvider, http_client: httpx.AsyncClient) -> None:
    async with Validator() as validator:
        assert_type(validator, Validator)
    Validator(Settings(), concurrency=3)
    Validator(Settings.load(timeout_s=3), provider="local")
    Validator(provider=provider, http_client=http_client)
    await validator.aclose()


def without_a_loop(provider: SandboxProvider, snippet: Snippet) -> None:
    client = get_daytona_client()
    assert_type(client, DaytonaClient)
    answer = client.validate_code_with_daytona(code="1", language="python", skill="s")
    assert_type(answer, dict[str, Any])
    with DaytonaClient(Settings(), provider=provider, concurrency=3) as other:
        assert_type(other, DaytonaClient)
        assert_type(other.validate(snippet), CodeValidationResult)
        assert_type(other.validate("1", "go", timeout_s=1), CodeValidationResult)
        assert_type(other.validate_many([snippet], concurrency=2), list[CodeValidationResult])
    other.close()
    assert_type(client.is_closed, bool)


async def own_provider(provider: SandboxProvider) -> None:
    spec = SandboxSpec(language="python", limits=Limits(timeout_s=1))
    async with provider.open(spec) as sandbox:
        assert_type(sandbox, Sandbox)
        snippet = Snippet(code="1", language="python")
        assert_type(await sandbox.run(snippet, until=Stage.CHECK), Execution)


def fakes() -> tuple[SandboxProvider, ...]:
    async def slow(snippet: Snippet) -> Execution:
        return ran(snippet.code)

    return (
        FakeProvider(),
        FakeProvider(ran("out", "err", exit_code=3)),
        FakeProvider({"print(1)": ran("1\n"), "while 1: pass": ran(limit=Limit.TIMEOUT)}),
        FakeProvider([SandboxLost("gone"), ran()]),
        FakeProvider(lambda snippet: ran(snippet.stdin)),
        FakeProvider(slow),
    )


def models(result: CodeValidationResult) -> None:
    snippet = CodeSnippet(code="1", language="python", description="d")
    assert_type(snippet.to_snippet(), Snippet)
    assert_type(snippet.with_validation(result), CodeSnippet)
    assert_type(snippet.validation, CodeValidationResult | None)


def errors(error: ConfigurationError | QueueFull | ValidatorClosed) -> DaytonaValidateError:
    return error

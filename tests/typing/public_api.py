"""A use of each public name. Only type checkers read this file; it is never run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import Any, assert_type

import httpx

from daytona_validate import (
    Caveat,
    CodeSnippet,
    CodeValidationResult,
    ConfigurationError,
    DaytonaClient,
    DaytonaValidateError,
    Drained,
    Event,
    EventKind,
    Fault,
    Limits,
    Location,
    Missing,
    Outcome,
    QueueFull,
    Readiness,
    Reason,
    Sandbox,
    SandboxProvider,
    SandboxSpec,
    Settings,
    Snippet,
    SnippetRequest,
    Stage,
    Stats,
    Swept,
    Validator,
    ValidatorClosed,
    get_daytona_client,
)
from daytona_validate.emulator import Counts, Emulator, ThreadedEmulator, emulator, threaded
from daytona_validate.testing import (
    Answer,
    Execution,
    FakeProvider,
    Limit,
    Point,
    ProgramStarved,
    SandboxLost,
    SandboxUnavailable,
    SandboxUsedUp,
    Script,
    Step,
    ToolchainMissing,
    Usage,
    ran,
)


def told(event: Event) -> None:
    assert_type(event.kind, EventKind)
    assert_type(event.result, CodeValidationResult | None)


async def watched(client: DaytonaClient) -> None:
    async with Validator(on_event=told) as validator:
        assert_type(validator.stats(), Stats)
    assert_type(client.stats(), Stats)


async def one(validator: Validator, snippet: Snippet) -> None:
    by_text = await validator.validate("print(1)", "python", skill="s", stdin="in", timeout_s=1)
    assert_type(by_text, CodeValidationResult)
    assert_type(await validator.validate(snippet), CodeValidationResult)
    assert_type(by_text.outcome, Outcome)
    assert_type(by_text.fault, Fault)
    assert_type(by_text.stage, Stage)
    assert_type(by_text.error, str | None)
    assert_type(by_text.location, Location | None)
    assert_type(by_text.caveat, Caveat | None)
    assert_type(by_text.reason, Reason | None)
    assert_type(by_text.usage, Usage)
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
        execution = await sandbox.run(snippet, until=Stage.CHECK)
        assert_type(execution, Execution)
        assert_type(execution.steps, tuple[Step, ...])
        assert_type(execution.steps[0].limit, Limit | None)


def own_execution() -> Execution:
    step = Step(stage=Stage.RUN, exit_code=0, stdout=b"1", usage=Usage(wall_s=0.1, cpu_s=None))
    return Execution(steps=(step,), runtime="own 1.0", network="blocked")


def own_failures() -> tuple[SandboxUnavailable, ...]:
    return (
        SandboxUnavailable("throttled", retryable=True, retry_after_s=3),
        ToolchainMissing("no go"),
        SandboxLost("gone"),
        ProgramStarved("others ran"),
        SandboxUsedUp("a process is left"),
    )


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
        FakeProvider(checks=ran(), open_errors=[SandboxUnavailable("full")], close_grace_s=1),
    )


def scripts(answer: Answer, script: Script) -> tuple[SandboxProvider, ...]:
    assert_type(answer, Execution | Exception)
    return FakeProvider(answer), FakeProvider(script), FakeProvider({"1": answer, "2": ran()})


async def held(point: Point) -> None:
    fake = FakeProvider(name="own")
    fake.hold(point)
    await fake.until(lambda fake: fake.running == 2 and fake.alive == 2)
    fake.release("run")
    assert_type(fake.snippets, list[Snippet])
    assert_type(fake.specs, list[SandboxSpec])


async def emulated() -> None:
    async with emulator(port=0, minute_s=0.1, max_sandboxes=3, on_notice=print) as running:
        assert_type(running, Emulator)
        running.set("create", "throttled", last=2)
        assert_type(running.environment, dict[str, str])
        assert_type(running.base_url, str)
        assert_type(running.violations, list[str])
        assert_type(running.counts, Counts)
        assert_type(await running.until(lambda counts: counts.alive == 0), Counts)
        assert_type(running.counts.requests, dict[str, int])


def emulated_in_a_thread() -> None:
    with threaded(emulator) as held, threaded(lambda: emulator(minute_s=0.1)):
        assert_type(held, ThreadedEmulator)
        assert_type(held.emulator, Emulator)
        assert_type(held.until(lambda counts: counts.executing == 1, longest_s=10), Counts)


def models(result: CodeValidationResult) -> None:
    snippet = CodeSnippet(code="1", language="python", description="d")
    assert_type(snippet.to_snippet(), Snippet)
    assert_type(snippet.with_validation(result), CodeSnippet)
    assert_type(snippet.validation, CodeValidationResult | None)
    request = SnippetRequest(code="1", language="python", files={"a": "b"}, timeout_s=1, id="c")
    assert_type(request.snippet(), Snippet)


async def operated(validator: Validator, client: DaytonaClient, full: QueueFull) -> None:
    readiness = await validator.ready(["python"], timeout_s=5)
    assert_type(readiness, Readiness)
    assert_type(readiness.is_ready, bool)
    assert_type(readiness.missing, tuple[Missing, ...])
    for each in readiness.missing:
        assert_type((each.what, each.reason, each.advice), tuple[str, Reason, str])
    assert_type(await validator.sweep(older_than_s=900, is_dry_run=True), Swept)
    assert_type(await validator.drain(20), Drained)
    assert_type(client.ready(), Readiness)
    assert_type((full.waiting, full.slots, full.retry_after_s), tuple[int, int, float])
    assert_type(await validator.validate("1", "python", queue_timeout_s=2), CodeValidationResult)
    many = await validator.validate_many([], stop_after_unavailable=10)
    assert_type(many, list[CodeValidationResult])


def errors(error: ConfigurationError | QueueFull | ValidatorClosed) -> DaytonaValidateError:
    return error

"""The fake that our users test with: its scripts, its counts, its failures and its waits."""

from __future__ import annotations

import asyncio
import doctest
import inspect
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

import daytona_validate.testing
from daytona_validate import Limits, Sandbox, SandboxSpec, Snippet, Stage
from daytona_validate._errors import CleanupTimeout
from daytona_validate.testing import (
    Execution,
    FakeProvider,
    Limit,
    SandboxLost,
    SandboxUnavailable,
    Script,
    ran,
)

SPEC = SandboxSpec(language="python", limits=Limits())


@asynccontextmanager
async def opened(fake: FakeProvider, limits: Limits | None = None) -> AsyncIterator[Sandbox]:
    async with fake.open(SandboxSpec(language="python", limits=limits or Limits())) as sandbox:
        yield sandbox


async def output(fake: FakeProvider, code: str, **fields: Any) -> bytes:
    async with opened(fake) as sandbox:
        execution = await sandbox.run(Snippet(code=code, language="python", **fields))
    return execution.steps[-1].stdout


async def awaited(snippet: Snippet) -> Execution:
    await asyncio.sleep(0)
    return ran(snippet.code)


@pytest.mark.parametrize(
    ("script", "outputs"),
    [
        (None, [b"", b""]),
        (ran("same"), [b"same", b"same"]),
        ({"a": ran("of a"), "b": ran("of b")}, [b"of a", b"of b"]),
        ([ran("first"), ran("second")], [b"first", b"second"]),
        ((ran(f"{n}") for n in range(2)), [b"0", b"1"]),
        (lambda snippet: ran(snippet.code * 2), [b"aa", b"bb"]),
        (awaited, [b"a", b"b"]),
    ],
    ids=["none", "one", "table", "list", "iterator", "function", "async function"],
)
async def test_every_form_of_script(script: Script | None, outputs: list[bytes]) -> None:
    fake = FakeProvider(script)
    assert [await output(fake, "a"), await output(fake, "b")] == outputs


@pytest.mark.parametrize("script", [{"a": ran()}, []], ids=["table", "list"])
async def test_a_snippet_without_an_answer_is_told_as_such(script: Script) -> None:
    fake = FakeProvider(script)
    with pytest.raises(SandboxUnavailable, match="no answer for this snippet"):
        await output(fake, "b")
    assert fake.alive == 0


async def test_an_answer_can_be_an_error_of_the_infrastructure() -> None:
    fake = FakeProvider([SandboxLost("gone"), ran("back")])
    with pytest.raises(SandboxLost):
        await output(fake, "a")
    assert await output(fake, "a") == b"back"


async def test_the_counts_tell_what_was_done() -> None:
    fake = FakeProvider(open_errors=[SandboxUnavailable("busy", retryable=True)])
    with pytest.raises(SandboxUnavailable, match="busy"):
        await output(fake, "a")
    assert (fake.asked, fake.opened, fake.closed, fake.alive) == (1, 0, 0, 0)
    async with opened(fake):
        assert (fake.asked, fake.opened, fake.closed, fake.alive) == (2, 1, 0, 1)
    assert (fake.closed, fake.alive, fake.specs) == (1, 0, [SPEC, SPEC])


async def test_runs_are_held_until_they_are_released() -> None:
    fake = FakeProvider()
    fake.hold("run")
    runs = [asyncio.create_task(output(fake, f"{n}")) for n in range(3)]
    await fake.until(lambda f: f.running == 3)
    assert [snippet.code for snippet in fake.snippets] == ["0", "1", "2"]
    fake.release("run")
    await asyncio.gather(*runs)
    assert (fake.running, fake.most_running) == (0, 3)
    await output(fake, "not held any more")


async def test_an_error_of_a_removal_leaves_the_sandbox_alive() -> None:
    fake = FakeProvider(close_errors=[OSError("stuck")])
    with pytest.raises(OSError, match="stuck"):
        await output(fake, "a")
    assert fake.alive == 1


@pytest.mark.parametrize("is_held", [True, False], ids=["held", "at once"])
async def test_a_removal_ends_however_often_it_is_cancelled(is_held: bool) -> None:
    fake = FakeProvider()
    fake.hold("run")
    if is_held:
        fake.hold("close")
    run = asyncio.create_task(output(fake, "a"))
    await fake.until(lambda f: f.running == 1)
    for _ in range(3):
        run.cancel()
        await asyncio.sleep(0)
    fake.release("close")
    with pytest.raises(asyncio.CancelledError):
        await run
    assert (fake.closed, fake.alive) == (1, 0)


async def test_a_removal_that_is_held_too_long_is_given_up() -> None:
    fake = FakeProvider(close_grace_s=0.0)
    fake.hold("close")
    with pytest.raises(CleanupTimeout):
        await output(fake, "a")
    assert fake.alive == 1


async def test_several_may_wait_for_a_condition_and_some_give_up() -> None:
    fake = FakeProvider()
    waits = [asyncio.create_task(fake.until(lambda f, n=n: f.closed == n)) for n in (1, 1, 2)]  # type: ignore[misc]
    await asyncio.sleep(0)
    waits[0].cancel()
    await output(fake, "a")
    await asyncio.wait(waits[:2])
    assert [wait.done() for wait in waits] == [True, True, False]
    await output(fake, "b")
    await waits[2]


async def test_each_run_lets_others_have_a_turn() -> None:
    """As any real one does: else a batch over a fake would hold up the loop until it is done."""
    fake, turns = FakeProvider(), 0

    async def other() -> None:
        nonlocal turns
        while fake.closed < 10:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    for _ in range(10):
        await output(fake, "a")
    await task
    assert turns >= 9


async def test_limits_hold_without_any_waiting() -> None:
    limits = Limits(timeout_s=5, kept_output_bytes=4, max_output_bytes=100)
    scripted = [ran("begun", wall_s=6), ran("abcdefgh"), ran("x" * 101), ran(limit=Limit.MEMORY)]
    fake = FakeProvider(scripted)
    steps = []
    for _ in scripted:
        async with opened(fake, limits) as sandbox:
            execution = await sandbox.run(Snippet(code="1", language="python"))
        steps.append(execution.steps[-1])
    assert [(step.limit, step.exit_code) for step in steps] == [
        (Limit.TIMEOUT, None),
        (None, 0),
        (Limit.OUTPUT, None),
        (Limit.MEMORY, None),
    ]
    assert (steps[0].usage.wall_s, steps[1].stdout, steps[1].lost_stdout_bytes) == (5, b"abgh", 4)


async def test_checks_have_a_script_of_their_own() -> None:
    fake = FakeProvider(ran("ran"), checks=ran("", "wrong", exit_code=1, stage=Stage.CHECK))
    async with opened(fake) as sandbox:
        checked = await sandbox.run(Snippet(code="1", language="python"), until=Stage.CHECK)
    assert (checked.steps[-1].stderr, checked.steps[-1].exit_code) == (b"wrong", 1)


async def test_the_example_of_the_documentation_runs(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for example in doctest.DocTestParser().get_examples(inspect.getdoc(daytona_validate.testing)):  # type: ignore[arg-type]  # it has one
        exec(example.source, names)
    await names["test_a_course_with_one_broken_example"]()

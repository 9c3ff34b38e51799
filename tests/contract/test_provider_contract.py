"""What every provider of sandboxes promises; the same tests for all of them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from daytona_validate import SandboxProvider, Stage
from daytona_validate.testing import Execution, Limit, SandboxUnavailable, Step


@pytest.fixture
def run(case: Any, behaviours: Any) -> Any:
    """Run one behaviour in a sandbox of its own."""

    async def run_it(name: str, until: Stage = Stage.RUN) -> Execution:
        behaviour = behaviours[name]
        async with case.provider.open(behaviour.spec) as sandbox:
            execution = await sandbox.run(behaviour.snippet, until=until)
        assert isinstance(execution, Execution)
        return execution

    return run_it


def last(execution: Execution) -> Step:
    return execution.steps[-1]


def test_it_is_a_provider(case: Any) -> None:
    assert isinstance(case.provider, SandboxProvider)
    assert case.provider.name


async def test_what_a_program_prints_comes_back_as_bytes(run: Any) -> None:
    execution = await run("prints")
    step = last(execution)
    assert (step.stage, step.exit_code, step.signal, step.limit) == (Stage.RUN, 0, None, None)
    assert (step.stdout, step.stderr) == ("héllo\n".encode(), b"")
    assert step.usage.wall_s > 0
    assert execution.runtime
    assert execution.network in {"blocked", "blocked, daemon open"}


@pytest.mark.parametrize(
    ("name", "stdout", "stderr"),
    [
        ("reads stdin", b"ABC\n", b""),
        ("reads arguments", b"['a b', '-c']\n", b""),
        ("reads a file", b"1 2 3\n", b""),
        ("writes to both streams", b"out\n", b"err\n"),
        ("prints bytes that are no text", b"\xff\x00\xfe", b""),
    ],
)
async def test_what_goes_in_and_what_comes_out(
    run: Any, name: str, stdout: bytes, stderr: bytes
) -> None:
    step = last(await run(name))
    assert (step.exit_code, step.stdout, step.stderr) == (0, stdout, stderr)


async def test_an_exit_code_is_returned_not_raised(run: Any) -> None:
    step = last(await run("exits 3"))
    assert (step.exit_code, step.stdout, step.limit) == (3, b"so far\n", None)


@pytest.mark.parametrize(
    ("name", "words"), [("fails", b"ZeroDivisionError"), ("is no program", b"never closed")]
)
async def test_a_failure_is_returned_with_its_words(run: Any, name: str, words: bytes) -> None:
    step = last(await run(name))
    assert step.exit_code == 1
    assert step.limit is None
    assert words in step.stderr


async def test_a_signal_is_told(run: Any) -> None:
    step = last(await run("kills itself"))
    assert step.signal == 11
    assert step.limit is None


@pytest.mark.alone
async def test_too_slow_is_a_limit_and_keeps_what_was_printed(run: Any) -> None:
    step = last(await run("is too slow"))
    assert (step.limit, step.exit_code) == (Limit.TIMEOUT, None)
    assert step.stdout == b"begun\n"


async def test_head_and_tail_are_kept_and_the_rest_is_counted(run: Any) -> None:
    step = last(await run("prints more than is kept"))
    assert (step.exit_code, step.limit) == (0, None)
    assert step.stdout.startswith(b"headx")
    assert step.stdout.endswith(b"xtail")
    assert len(step.stdout) == 1000
    assert step.lost_stdout_bytes == 5008 - 1000


async def test_a_flood_is_ended(run: Any) -> None:
    step = last(await run("floods"))
    assert (step.limit, step.exit_code) == (Limit.OUTPUT, None)
    assert len(step.stdout) <= 1000
    assert step.lost_stdout_bytes > 0


async def test_a_check_runs_nothing(run: Any) -> None:
    step = last(await run("prints", Stage.CHECK))
    assert (step.stage, step.exit_code, step.stdout) == (Stage.CHECK, 0, b"")


async def test_a_check_finds_what_is_no_program(run: Any) -> None:
    step = last(await run("is no program", Stage.CHECK))
    assert (step.stage, step.exit_code) == (Stage.CHECK, 1)
    assert b"never closed" in step.stderr


async def test_each_sandbox_is_fresh_and_has_a_name_of_its_own(case: Any, behaviours: Any) -> None:
    behaviour, names = behaviours["writes a file"], set()
    for _ in range(2):
        async with case.provider.open(behaviour.spec) as sandbox:
            step = last(await sandbox.run(behaviour.snippet))
            names.add(sandbox.sandbox_id)
        assert (step.exit_code, step.stdout) == (0, b"written\n")
    assert len(names) == 2


async def test_many_sandboxes_at_a_time_do_not_mix(run: Any) -> None:
    names = ["prints", "reads stdin", "reads a file"] * 2
    executions = await asyncio.gather(*(run(name) for name in names))
    outputs = [last(execution).stdout for execution in executions]
    assert outputs == ["héllo\n".encode(), b"ABC\n", b"1 2 3\n"] * 2


async def test_an_error_in_the_block_removes_the_sandbox(case: Any, behaviours: Any) -> None:
    async def fail() -> None:
        async with case.provider.open(behaviours["prints"].spec):
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        await fail()
    assert await case.left_over() == 0


@pytest.mark.parametrize("cancels", [1, 2, 3])
async def test_cancelled_however_often_nothing_is_left(
    case: Any, behaviours: Any, run: Any, cancels: int
) -> None:
    await run("prints")  # what is prepared once is prepared
    lasting = asyncio.all_tasks()  # this test's, and who holds a zygote until its provider closes
    case.hold()
    running = asyncio.create_task(run("waits"))
    await case.until_running(1)
    for _ in range(cancels):
        running.cancel()
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await running
    assert await case.left_over() == 0
    assert asyncio.all_tasks() <= lasting


async def test_a_time_limit_of_the_caller_stays_one(case: Any, run: Any) -> None:
    await run("prints")
    case.hold()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await run("waits")
    assert await case.left_over() == 0


async def test_closing_twice_is_safe_and_ends_the_making(case: Any, run: Any) -> None:
    await run("prints")
    await case.provider.aclose()
    await case.provider.aclose()
    with pytest.raises(SandboxUnavailable):
        await run("prints")


async def test_closing_unused_is_safe(case: Any) -> None:
    await case.provider.aclose()

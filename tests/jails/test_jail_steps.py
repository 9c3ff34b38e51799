"""Several commands in one jail: each with its own output, its own clock and its own ending."""

from __future__ import annotations

import pytest

from daytona_validate._jails.cgroup import Cgroup
from daytona_validate._jails.jail import Jail, SetupCommand
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limit, Limits, Stage, Step

pytestmark = [pytest.mark.jail, pytest.mark.slow]


def _before(line: str, stage: Stage = Stage.COMPILE, timeout_s: float = 10.0) -> SetupCommand:
    return SetupCommand(stage, ("sh", "-c", line), timeout_s)


async def _steps(
    runner: JailRunner, *before: SetupCommand, line: str = "cat", stdin: bytes = b""
) -> tuple[Step, ...]:
    jail = Jail(argv=("sh", "-c", line), limits=Limits(), before=before)
    return await runner.run_all(jail, timeout_s=10, stdin=stdin)


async def test_each_command_has_its_own_output(jail_runner: JailRunner) -> None:
    steps = await _steps(
        jail_runner,
        _before("echo one; echo first >&2"),
        _before("echo two"),
        line="echo three; exit 3",
    )
    assert [(each.stdout, each.stderr, each.exit_code) for each in steps] == [
        (b"one\n", b"first\n", 0),
        (b"two\n", b"", 0),
        (b"three\n", b"", 3),
    ]


async def test_only_the_program_reads_stdin(jail_runner: JailRunner) -> None:
    steps = await _steps(jail_runner, _before("cat"), stdin=b"for the program\n")
    assert [each.stdout for each in steps] == [b"", b"for the program\n"]


async def test_files_and_processes_outlive_their_command(jail_runner: JailRunner) -> None:
    start = "sleep 60 >/dev/null 2>&1 & echo $! >pid"
    steps = await _steps(jail_runner, _before(start), line='kill -0 "$(cat pid)" && echo lives')
    assert steps[-1].stdout == b"lives\n"


async def test_a_failure_is_the_last_step(jail_runner: JailRunner) -> None:
    steps = await _steps(jail_runner, _before("echo no; exit 2"), line="echo never")
    assert [(each.stage, each.exit_code, each.stdout) for each in steps] == [
        (Stage.COMPILE, 2, b"no\n")
    ]


async def test_each_command_has_its_own_clock(jail_runner: JailRunner) -> None:
    steps = await _steps(jail_runner, _before("echo so far; sleep 60", timeout_s=1.0))
    assert [(each.stage, each.limit, each.stdout) for each in steps] == [
        (Stage.COMPILE, Limit.TIMEOUT, b"so far\n")
    ]


async def test_stages_are_those_that_were_asked_for(jail_runner: JailRunner) -> None:
    steps = await _steps(jail_runner, _before(":", Stage.SETUP), _before(":"))
    assert [each.stage for each in steps] == [Stage.SETUP, Stage.COMPILE, Stage.RUN]


async def test_a_program_cannot_play_the_first_process(jail_runner: JailRunner) -> None:
    """What separates the steps is a socket that no program holds or can open."""
    steps = await _steps(
        jail_runner,
        _before("ls -l /proc/self/fd | wc -l; echo next >/proc/1/fd/3 || echo refused"),
        line="echo ran",
    )
    assert b"refused" in steps[0].stdout
    assert steps[-1].stdout == b"ran\n"


async def test_a_jail_that_dies_between_two_commands_is_not_waited_for(
    jail_runner: JailRunner,
) -> None:
    """It would be called a time-out of a program that never was started."""
    jail = Jail(argv=("sleep", "60"), limits=Limits(), before=(_before(":"),))
    bubblewrap = jail_runner._host.bubblewrap
    started = jail_runner._process(
        *(bubblewrap, jail, Cgroup({})), timeout_s=10.0, stdin=b"", on_stdout=None
    )
    async with started as process:
        await process.first_process()
        process.open_gate()
        await process.needs_attention.wait()
        process.kill()
        await process.ended.wait()
        process.go_on()
        assert process.needs_attention.is_set()

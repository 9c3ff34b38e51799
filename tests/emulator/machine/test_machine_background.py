"""What a command leaves running lives on, and holds its answer back as under Daytona's daemon."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from daytona_validate._emulator.machines.emulated_machine import EmulatedMachine
from daytona_validate._emulator.machines.keeper import Keeper
from daytona_validate._emulator.machines.machine_interface import CommandResult
from daytona_validate._errors import SandboxLost, SandboxUnavailable
from daytona_validate._models import Step

pytestmark = pytest.mark.jail

LATE = "until [ -e /work/go ]; do sleep 0.01; done; echo late"
UNTIL_GO = f"sh -c '{LATE}'"
ALL = "cat /proc/[0-9]*/cmdline | tr '\\0' ' '"
SLEEPS = f"until {{ {ALL}; }} | grep -q '[s]leep 98765'; do sleep 0.01; done"
"""Until it is there: a shell goes on before what it has forked is what it will be."""
SHELL_IS_GONE = (
    "until [ -s /work/pid ]; do sleep 0.01; done; while [ -e /proc/$(cat /work/pid) ]; "
    "do sleep 0.01; done"
)
UNTIL_BEGUN = "until [ -e /work/begun ]; do sleep 0.01; done"
LIMITS_S = (0.1, 1.0, 10.0)
"""Whatever is not under way when its time is up, on a busy machine, is given more of it."""


async def test_it_is_there_for_the_next_command(machine: EmulatedMachine) -> None:
    await machine.execute("sleep 98765 >/dev/null 2>&1 & echo $! >/work/pid")
    await machine.execute(SLEEPS)
    ended = await machine.execute("kill $(cat /work/pid) && " + SHELL_IS_GONE + f"; {ALL}")
    assert b"sleep 98765" not in ended.output


async def test_an_answer_waits_for_whoever_holds_the_output(machine: EmulatedMachine) -> None:
    running = asyncio.create_task(
        machine.execute(f"echo early; {UNTIL_GO} & echo $$ >/work/pid; exit 3")
    )
    await machine.execute(SHELL_IS_GONE)
    assert not running.done()
    await machine.execute("touch /work/go")
    assert await running == CommandResult(3, b"early\nlate\n")


async def test_but_it_does_not_wait_for_ever(
    altered: Callable[..., EmulatedMachine],
) -> None:
    machine = altered(holds_s=0.05)
    assert await machine.execute("echo early; sleep 98765 &") == CommandResult(0, b"early\n")
    assert (await machine.execute(SLEEPS)).exit_code == 0


async def test_past_a_time_limit_it_waits_for_the_output_alone(
    altered: Callable[..., EmulatedMachine],
) -> None:
    """The daemon kills the group and reads on: its 408 comes when nobody holds the pipe."""
    machine = altered(holds_s=0.0)
    holds = f"echo $$ >/work/pid; setsid sh -c 'echo >/work/begun; {LATE}' & sleep 60"
    for timeout_s in LIMITS_S:
        running = asyncio.create_task(machine.execute(holds, timeout_s=timeout_s))
        held = asyncio.create_task(machine.execute(f"{SHELL_IS_GONE}; {UNTIL_BEGUN}"))
        await asyncio.wait({running, held}, return_when=asyncio.FIRST_COMPLETED)
        if held.done():
            break
        held.cancel()
    assert not running.done()
    await machine.execute("touch /work/go")
    done = await running
    assert (done.exit_code, done.is_timed_out) == (-1, True)


async def test_what_is_in_a_group_of_its_own_outlives_a_time_limit(
    machine: EmulatedMachine,
) -> None:
    away = "setsid sh -c 'echo >/work/begun; exec sleep 98765' >/dev/null 2>&1 & sleep 60"
    for timeout_s in LIMITS_S:
        assert (await machine.execute(away, timeout_s=timeout_s)).is_timed_out
        if (await machine.execute("test -e /work/begun")).exit_code == 0:
            break
    assert (await machine.execute(SLEEPS)).exit_code == 0


async def test_whoever_kills_all_takes_what_was_left_along(machine: EmulatedMachine) -> None:
    await machine.execute("sleep 98765 >/dev/null 2>&1 &")
    assert (await machine.execute("kill -9 -1; exit 0")).exit_code == -1
    done = await machine.execute(f"{ALL}; exit 4")
    assert done.exit_code == 4
    assert b"98765" not in done.output


async def test_a_command_that_is_called_off_takes_its_group_along(machine: EmulatedMachine) -> None:
    running = asyncio.create_task(machine.execute("echo $$ >/work/pid; sleep 98765"))
    await machine.execute("until [ -s /work/pid ]; do sleep 0.01; done")
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert (await machine.execute(SHELL_IS_GONE)).exit_code == 0


async def test_a_time_limit_that_is_up_before_the_shell_is_there_ends_it_all_the_same(
    machine: EmulatedMachine,
) -> None:
    done = await machine.execute("echo $$ >/work/pid; sleep 98765", timeout_s=0.0001)
    assert (done.exit_code, done.is_timed_out) == (-1, True)


async def test_its_programs_find_no_way_to_the_keeper(machine: EmulatedMachine) -> None:
    assert (await machine.execute("ls -A /run/keeper")).output == b""


async def test_a_keeper_that_does_not_start_says_why_and_is_started_again(
    machine: EmulatedMachine, altered: Callable[..., EmulatedMachine]
) -> None:
    starts_once = "-e '/work/once' or do { mkdir '/work/once'; print STDERR 'not today'; exit 1 };"
    machine = altered(program=starts_once + machine._launcher.program)
    with pytest.raises(SandboxUnavailable, match="did not start: not today"):
        await machine.execute("echo fine")
    assert await machine.execute("echo fine") == CommandResult(0, b"fine\n")


async def test_a_keeper_that_never_comes_is_not_waited_for_for_ever(
    altered: Callable[..., EmulatedMachine],
) -> None:
    machine = altered(program="sleep 60", starting_s=0.05)
    with pytest.raises(SandboxUnavailable, match="nothing was heard"):
        await machine.execute("echo fine")


async def test_where_no_socket_can_be_made_the_machine_says_so(machine: EmulatedMachine) -> None:
    machine._door.rmdir()
    with pytest.raises(SandboxUnavailable, match="socket of an emulated machine could not be made"):
        await machine.execute("echo fine")


@asynccontextmanager
async def told(*lines: bytes) -> AsyncIterator[Keeper]:
    """A keeper that was taken over, and says what it likes."""
    ours, theirs = socket.socketpair()
    jail: asyncio.Future[Step | None] = asyncio.get_running_loop().create_future()
    keeper = Keeper(jail, *await asyncio.open_unix_connection(sock=ours), most_bytes=100)
    theirs.sendall(b"".join(lines))
    try:
        yield keeper
    finally:
        theirs.close()
        jail.cancel()
        await keeper.aclose()


@pytest.mark.parametrize(
    "line",
    [b"what?\n", b"out 1 -1\n", b"out 1 999999\n", b"x" * 100_000, b"\n"],
    ids=["foreign", "negative", "too long", "endless", "empty"],
)
async def test_one_that_makes_no_sense_is_a_lost_machine(line: bytes) -> None:
    async with told(line) as keeper:
        with pytest.raises(SandboxLost):
            await keeper.run(b"true", folder="/", environment={}, timeout_s=None)
        assert keeper.is_over


async def test_what_it_says_of_nobody_is_ignored() -> None:
    async with told(
        b"out 7 3\nabc", b"say 7 0\n", b"say 1 7\nexit 3\n", b"say 1 0\nout 1 0\n"
    ) as it:
        heard = await it.run(b"true", folder="/", environment={}, timeout_s=None)
    assert (heard.report, heard.output) == (b"exit 3\n", b"")

"""A command is the stdin of a shell, as under Daytona's daemon, and its files last."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from daytona_validate._emulator.machines.emulated_machine import EmulatedMachine
from daytona_validate._emulator.machines.emulated_machines import EmulatedMachines
from daytona_validate._emulator.machines.keeper_launch import launcher, shell_end
from daytona_validate._emulator.machines.machine_interface import CommandResult
from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limit

pytestmark = pytest.mark.jail


@pytest.mark.parametrize("folder", ["/work", "/tmp", "/home/daytona"])
async def test_files_last_from_one_command_to_the_next(
    machine: EmulatedMachine, folder: str
) -> None:
    await machine.execute(f"echo first >{folder}/file")
    done = await machine.execute(f"cat {folder}/file; echo second >>{folder}/file")
    assert done.output == b"first\n"
    assert await machine.read(f"{folder}/file") == b"first\nsecond\n"


async def test_what_a_command_starts_reads_the_rest_of_it(machine: EmulatedMachine) -> None:
    """As through the daemon's pipe; of a file, bash would have read ahead."""
    if not machine._launcher.shell.endswith("/bash"):
        pytest.skip("other shells read ahead of a pipe as well")
    done = await machine.execute("read -r word\nhello\necho $word\ncat\nthe rest\n")
    assert done == CommandResult(0, b"hello\nthe rest\n")


async def test_another_shell_takes_over_the_rest(machine: EmulatedMachine) -> None:
    """Byte by byte through the pipe, nothing of which is then lost."""
    if not machine._launcher.shell.endswith("/bash"):
        pytest.skip("other shells read ahead")
    done = await machine.execute("exec sh\n{ echo out\necho err >&2\n}\nexit 4\n")
    assert done == CommandResult(4, b"out\nerr\n")


async def test_both_streams_come_in_order(machine: EmulatedMachine) -> None:
    done = await machine.execute("for n in 1 2 3; do echo out $n; echo err $n >&2; done")
    assert done.output == b"out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\n"


async def test_bytes_come_as_they_are(machine: EmulatedMachine) -> None:
    done = await machine.execute(r"printf '\377\000\n'; printf 'é' >&2")
    assert done.output == b"\xff\x00\n\xc3\xa9"


@pytest.mark.parametrize("code", [0, 1, 125, 126, 127, 137, 255])
async def test_the_exit_code_is_the_shells(machine: EmulatedMachine, code: int) -> None:
    assert await machine.execute(f"echo x\nexit {code}") == CommandResult(code, b"x\n")


async def test_a_shell_that_a_signal_ends_has_no_exit_code(machine: EmulatedMachine) -> None:
    assert (await machine.execute("kill -9 $$")).exit_code == -1
    assert (await machine.execute("sh -c 'kill -9 $$' 2>/dev/null")).exit_code == 137


async def test_a_shell_whose_starter_is_killed_has_none_either(machine: EmulatedMachine) -> None:
    assert (await machine.execute("kill -9 -1; exit 0")).exit_code == -1


@pytest.mark.parametrize(
    ("cwd", "words"),
    [("/nowhere", b"no such file or directory"), ("a\0b", b"invalid argument")],
)
async def test_a_missing_folder_is_told_as_by_the_daemon(
    machine: EmulatedMachine, cwd: str, words: bytes
) -> None:
    done = await machine.execute("pwd", cwd=cwd)
    assert done.exit_code == -1
    assert done.output.startswith(b"fork/exec /usr/bin/")
    assert done.output.endswith(words)


async def test_a_command_starts_where_it_says(machine: EmulatedMachine) -> None:
    assert (await machine.execute("pwd")).output == b"/home/daytona\n"
    assert (await machine.execute("mkdir 'a b'; pwd", cwd="/work")).output == b"/work\n"
    assert (await machine.execute("pwd", cwd="/work/a b")).output == b"/work/a b\n"


async def test_a_program_can_close_its_folders_and_harms_itself_alone(
    machine_of_one_user: EmulatedMachine,
) -> None:
    closed = machine_of_one_user
    await closed.execute("chmod 0 /work /tmp /home/daytona")
    done = await closed.execute("pwd")
    assert (done.exit_code, done.output[:10]) == (-1, b"fork/exec ")
    assert (await closed.execute("chmod 755 /work; pwd", cwd="/")).output == b"/\n"
    assert (await closed.execute("pwd", cwd="/work")).output == b"/work\n"


async def test_the_environment_is_the_machines_and_what_is_added(machine: EmulatedMachine) -> None:
    done = await machine.execute('echo "$HOME $LANG $NAME"', environment={"NAME": "a 'b' $c\nd"})
    assert done.output == b"/home/daytona C.UTF-8 a 'b' $c\nd\n"
    assert "DAYTONA" not in (await machine.execute("env")).output.decode()


async def test_an_argument_no_process_can_have_is_refused(machine: EmulatedMachine) -> None:
    done = await machine.execute("true", environment={"NAME": "x" * 131_072})
    assert (done.exit_code, done.output[-22:]) == (-1, b"argument list too long")


async def test_a_command_may_be_long(machine: EmulatedMachine) -> None:
    done = await machine.execute("cat >/dev/null\n" + "x" * 300_000 + "\n")
    assert done == CommandResult(0, b"")


async def test_what_the_shell_leaves_unread_holds_nothing(machine: EmulatedMachine) -> None:
    """A program that outlives the shell keeps the pipe open, and nobody reads it."""
    left = "sleep 60 <&0 >/dev/null 2>&1 & exit 3\n"
    done = await machine.execute(left + "x" * 300_000, timeout_s=30)
    assert (done.exit_code, done.is_timed_out) == (3, False)


async def test_half_a_surrogate_pair_does_no_harm(machine: EmulatedMachine) -> None:
    assert (await machine.execute("echo \ud800")).exit_code == 0


@pytest.mark.slow
async def test_a_time_limit_ends_the_shell_and_its_group(machine: EmulatedMachine) -> None:
    command = (
        "trap '' TERM INT; echo before; echo >/work/begun; sleep 98766 & sleep 98766; echo after"
    )
    for timeout_s in (0.3, 3.0, 30.0):  # a busy machine may need more until it has begun
        done = await machine.execute(command, timeout_s=timeout_s)
        if (await machine.execute("test -e /work/begun")).exit_code == 0:
            break
    assert done == CommandResult(-1, b"before\n", is_timed_out=True, limit=Limit.TIMEOUT)
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = each.read_bytes()
        except OSError:
            continue
        assert b"98766" not in line


async def test_one_of_two_commands_sees_what_the_other_does(machine: EmulatedMachine) -> None:
    """As when a proxy sends a request a second time; each waits for the other."""
    meet = "echo > {own}; until [ -e {other} ]; do sleep 0.01; done; echo met"
    both = await asyncio.gather(
        machine.execute(meet.format(own="/work/a", other="/tmp/b"), timeout_s=30),
        machine.execute(meet.format(own="/tmp/b", other="/work/a"), timeout_s=30),
    )
    assert [each.output for each in both] == [b"met\n", b"met\n"]


@pytest.mark.slow
async def test_many_machines_run_at_once_and_share_nothing(machines: EmulatedMachines) -> None:
    made = await asyncio.gather(
        *(machines.make(f"many-{n}", memory_mib=128, disk_mib=8) for n in range(20))
    )
    await asyncio.gather(*(each.execute(f"echo {n} >/tmp/n") for n, each in enumerate(made)))
    read = await asyncio.gather(*(each.read("/tmp/n") for each in made))
    assert [int(each) for each in read] == list(range(20))
    await asyncio.gather(*(each.remove() for each in made))


@pytest.mark.parametrize(
    ("report", "exit_code", "why"),
    [
        (b"exit 0\n", 0, ""),
        (b"perl: warning: no locale\nexit 3\n", 3, ""),
        (b"signal 9\n", -1, ""),
        (b"unstarted fork/exec /bin/sh: permission denied\nexit 125\n", -1, "fork/exec /bin/sh"),
        (b"", -1, ""),
        (b"exit 3 or so\n", -1, ""),
        (b"\xff\xfe", -1, ""),
    ],
)
def test_the_report_of_a_shells_end(report: bytes, exit_code: int, why: str) -> None:
    end = shell_end(report)
    assert end.exit_code == exit_code
    assert end.why_unstarted.startswith(why)
    assert bool(end.why_unstarted) == bool(why)


async def test_a_host_without_perl_is_refused(jail_runner: JailRunner, tmp_path: Path) -> None:
    with pytest.raises(SandboxUnavailable, match=r"needs perl in .*: apt-get install perl-base"):
        await launcher(jail_runner, path=str(tmp_path))


async def test_a_perl_that_does_not_run_in_jails_is_refused(
    jail_runner: JailRunner, open_folder: Path
) -> None:
    perl = open_folder / "perl"
    perl.write_text("#!/bin/sh\necho no library >&2; exit 1\n")
    perl.chmod(0o755)
    with pytest.raises(SandboxUnavailable, match=r"does not run in a sandbox \(no library\)"):
        await launcher(jail_runner, path=str(open_folder))

"""Limits, each provoked: what runs out is named, and nothing is left running."""

from __future__ import annotations

import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from daytona_validate._jails.cgroups import Cgroups
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limit, Limits, Step
from daytona_validate._toolchains.record import Toolchain
from jail_with import jail_with

pytestmark = pytest.mark.jail

Run = Callable[..., Awaitable[Step]]

_BOMB = "bomb() { bomb | bomb & wait; }; bomb"


def _running(marker: str) -> list[str]:
    """Return the command lines on this machine with a marker in them."""
    found = []
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = each.read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if marker in line:
            found.append(line)
    return found


@pytest.mark.slow
@pytest.mark.alone
async def test_a_loop_that_ignores_signals_ends_in_time(
    shell: Run, jail_runner: JailRunner
) -> None:
    """Run for ever, and ignore all signals.

    Happens: it is ended at its time limit.
    """
    step = await shell("trap '' TERM INT HUP ALRM; echo before; while :; do :; done", timeout_s=1)
    assert (step.limit, step.exit_code, step.stdout) == (Limit.TIMEOUT, None, b"before\n")
    assert step.usage.wall_s >= 1
    if jail_runner.counts_memory:  # without a control group the figure dies with the process
        assert (step.usage.cpu_s or 0) > 0


async def test_a_daemon_does_not_outlive_its_jail(shell: Run) -> None:
    """Leave a process in the background.

    Happens: it is ended with the program.
    """
    step = await shell("(sleep 98761 >/dev/null 2>&1 & ) ; (sleep 98761 & ) ; echo done")
    assert (step.exit_code, step.stdout) == (0, b"done\n")
    assert _running("sleep 98761") == []


@pytest.mark.slow
@pytest.mark.alone
async def test_a_fork_bomb_is_bounded_and_gone(shell: Run, jail_runner: JailRunner) -> None:
    """Fork without end.

    Happens: bounded by the limit of processes, and all of it is gone at the end.
    """
    step = await shell(_BOMB + "; sleep 98762", limits=Limits(processes=32), timeout_s=0.5)
    # Without control groups nobody counts refused forks; the first shell may be the one refused.
    is_refused = not jail_runner.counts_memory and b"Cannot fork" in step.stderr
    assert step.limit in (Limit.TIMEOUT, Limit.PROCESSES) or is_refused
    assert _running("bomb()") == []
    assert (await shell("echo fine")).stdout == b"fine\n"


async def test_more_processes_than_allowed_are_refused_and_named(
    shell: Run, jail_runner: JailRunner
) -> None:
    """Start more processes than are allowed.

    Happens: refused, and named (`process_limit`) where a cgroup counts them.
    """
    step = await shell(
        "i=0; while [ $i -lt 40 ]; do sleep 9 & i=$((i+1)); echo $i; done",
        limits=Limits(processes=10),
    )
    assert step.exit_code not in (0, None)
    assert len(step.stdout.split()) < 10
    if jail_runner.counts_memory:
        assert step.limit is Limit.PROCESSES


async def test_threads_count_as_processes(python: Run) -> None:
    """Start threads in place of processes.

    Happens: they count as well.
    """
    step = await python(
        "import threading, time\n"
        "for n in range(100): threading.Thread(target=time.sleep, args=(9,), daemon=True).start()",
        limits=Limits(processes=20),
    )
    assert step.exit_code == 1
    assert b"can't start new thread" in step.stderr


async def test_memory_is_bounded_and_named(python: Run, jail_runner: JailRunner) -> None:
    """Take 10 GB of memory.

    Happens: it is ended for its memory.
    """
    step = await python("x = bytearray(10**10)", limits=Limits(memory_mib=64))
    if jail_runner.counts_memory:
        assert step.limit is Limit.MEMORY
        assert (step.usage.peak_memory_bytes or 0) <= 64 << 20
    else:
        assert b"MemoryError" in step.stderr


@pytest.mark.slow
async def test_memory_counts_for_the_whole_tree(python: Run, jail_runner: JailRunner) -> None:
    """Take a limit's memory in several processes.

    Happens: they count together.
    """
    if not jail_runner.counts_memory:
        pytest.skip("this machine counts memory for each process only")
    step = await python(
        "import os, sys, time\n"
        "for n in range(4):\n"
        "    if not os.fork():\n"
        "        held = b'x' * (30 << 20); time.sleep(9)\n"
        "os.wait(); sys.exit(1)",
        limits=Limits(memory_mib=80),
    )
    assert step.limit is Limit.MEMORY


@pytest.mark.slow
async def test_files_in_memory_count_too(shell: Run, jail_runner: JailRunner) -> None:
    """Take memory by files in the work folder.

    Happens: they count as memory, where a cgroup counts.
    """
    if not jail_runner.counts_memory:
        pytest.skip("this machine counts memory for each process only")
    step = await shell(
        "head -c 60000000 /dev/zero >/work/a; head -c 60000000 /dev/zero >/tmp/b; exit 1",
        limits=Limits(memory_mib=80),
    )
    assert step.limit is Limit.MEMORY


@pytest.mark.parametrize("folder", ["/work", "/tmp"])
async def test_a_full_folder_is_named(shell: Run, folder: str) -> None:
    """Fill `/work` or `/tmp`.

    Happens: `disk_limit`.
    """
    step = await shell(f"head -c 9000000 /dev/zero >{folder}/x", limits=Limits(disk_mib=8))
    assert (step.limit, step.exit_code) == (Limit.DISK, 1)
    assert b"No space left" in step.stderr


async def test_a_full_folder_is_no_failure_by_itself(shell: Run) -> None:
    step = await shell("head -c 9000000 /dev/zero >x; exit 0", limits=Limits(disk_mib=8))
    assert (step.limit, step.exit_code) == (None, 0)


async def test_a_failure_with_room_left_is_no_full_folder(shell: Run) -> None:
    step = await shell("head -c 7000000 /dev/zero >x; exit 3", limits=Limits(disk_mib=8))
    assert (step.limit, step.exit_code) == (None, 3)


async def test_a_huge_sparse_file_is_refused(shell: Run) -> None:
    """Make a file that is huge and empty.

    Happens: refused.
    """
    step = await shell(
        "exec dd if=/dev/zero of=x bs=1 count=1 seek=900000000", limits=Limits(disk_mib=8)
    )
    assert (step.limit, step.signal) == (None, signal.SIGXFSZ)


async def test_a_flood_ends_the_program(shell: Run) -> None:
    """Print without end.

    Happens: it is ended, with what it printed first.
    """
    limits = Limits(max_output_bytes=1 << 20, kept_output_bytes=1000)
    step = await shell("echo first; yes", limits=limits, timeout_s=20)
    assert (step.limit, step.exit_code) == (Limit.OUTPUT, None)
    assert step.stdout.startswith(b"first\n")
    assert 1 << 20 < step.lost_stdout_bytes + len(step.stdout) <= (1 << 20) + 65_536


async def test_a_flood_over_both_streams_counts_together(shell: Run) -> None:
    """Print without end on both streams.

    Happens: they count together.
    """
    step = await shell("yes & yes >&2 & wait", limits=Limits(max_output_bytes=1 << 20))
    assert step.limit is Limit.OUTPUT


async def test_open_files_are_bounded(python: Run) -> None:
    """Open a thousand files.

    Happens: refused at the limit.
    """
    step = await python("import os\nfor n in range(999): os.dup(0)", limits=Limits(open_files=64))
    assert b"Too many open files" in step.stderr


async def test_bounds_cannot_be_raised_again(shell: Run) -> None:
    """Raise its limits again (`ulimit`).

    Happens: refused.
    """
    step = await shell("ulimit -n 4096 || ulimit -p 4096 || echo refused")
    assert step.stdout == b"refused\n"


async def test_no_core_is_dumped(shell: Run) -> None:
    """Leave a core file.

    Happens: none is written.
    """
    step = await shell("sh -c 'kill -SEGV $$'; ls; ulimit -c")
    assert step.stdout == b"0\n"  # blocks: of the one byte


@pytest.fixture
def bare(jail_runner: JailRunner, python_toolchain: Toolchain, patiently: Any) -> Run:
    """Run Python in a jail as a machine without control groups makes it."""
    runner = JailRunner(jail_runner._host, Cgroups(()))

    async def run(code: str, *, limits: Limits, timeout_s: float = 10.0) -> Step:
        jail = jail_with(python_toolchain, ("python3", "-s", "-c", code), limits=limits)
        step: Step = await patiently(lambda: runner.run(jail, timeout_s=timeout_s))
        return step

    return run


async def test_without_control_groups_each_process_is_bounded_in_memory(bare: Run) -> None:
    step = await bare("x = bytearray(10**9)", limits=Limits(memory_mib=128))
    assert step.exit_code == 1
    assert b"MemoryError" in step.stderr


_DETACHED = """
import ctypes, os

libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
libc.shmat.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_int]
libc.shmdt.argtypes = [ctypes.c_void_p]
for size in (4096, 32 << 20):
    segment = libc.shmget(0, ctypes.c_size_t(size), 0o1600)
    if segment < 0:
        print(os.strerror(ctypes.get_errno()))
        break
    address = libc.shmat(segment, None, 0)
    ctypes.memset(address, 1, size)
    print(libc.shmdt(address))
"""


async def test_without_control_groups_no_shared_memory_lives_on_unseen(bare: Run) -> None:
    """A segment of System V's lives on when nobody has it mapped: 640 MiB at a limit of 128."""
    step = await bare(_DETACHED, limits=Limits(memory_mib=128))
    assert (step.stdout, step.stderr) == (b"0\nInvalid argument\n", b"")


async def test_without_control_groups_processes_are_bounded(bare: Run) -> None:
    code = "import os, time\nfor n in range(99):\n    if not os.fork(): time.sleep(9)"
    step = await bare(code, limits=Limits(processes=10))
    assert step.exit_code == 1
    assert b"BlockingIOError" in step.stderr


async def test_without_control_groups_usage_is_estimated(bare: Run) -> None:
    usage = (await bare("sum(range(3_000_000))", limits=Limits())).usage
    assert 0 < (usage.cpu_s or 0) < 5
    assert usage.is_estimated


@pytest.mark.alone
async def test_without_control_groups_a_killed_program_has_no_account(bare: Run) -> None:
    step = await bare("while True: pass", limits=Limits(), timeout_s=0.1)
    assert (step.limit, step.usage.cpu_s) == (Limit.TIMEOUT, None)

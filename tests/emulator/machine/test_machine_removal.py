"""However a machine ends, nothing of it is left: no process, descriptor, folder or group."""

from __future__ import annotations

import asyncio
import gc
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from cancelled_at import at_every_wait
from daytona_validate._emulator.machines.emulated_machine import EmulatedMachine
from daytona_validate._emulator.machines.emulated_machines import EmulatedMachines
from daytona_validate._emulator.machines.folders import MachineFolders
from daytona_validate._emulator.machines.machine_interface import CommandResult
from daytona_validate._errors import SandboxLost, SandboxUnavailable
from daytona_validate._models import Limit
from eventually import eventually
from held_here import cgroups, children, open_here

pytestmark = pytest.mark.jail

HOSTILE = """
cd /work; mkfifo fifo; ln -s / root; mkdir -p a/b; touch a/b/c; chmod 0 a/b a
n=0; while [ $n -lt 300 ]; do mkdir d; cd d; n=$((n+1)); done
chmod 0 /work /tmp
"""
_LEFT_BEHIND = """
import asyncio, sys
from pathlib import Path
from daytona_validate._emulator.machines.emulated_machines import EmulatedMachines

async def main():
    machines = await EmulatedMachines.start(Path(sys.argv[1]))
    machine = await machines.make("left", memory_mib=256, disk_mib=8)
    await machine.execute("mkdir -p /work/a/b; echo x >/work/a/b/c; chmod 0 /work/a")
    print("made", flush=True)
    await machine.execute("sleep 98767")

asyncio.run(main())
"""


@pytest.fixture(autouse=True, scope="module")
def heap_of_others() -> None:
    """Spare each `gc.collect` here what tests before have left to live."""
    gc.collect()
    gc.freeze()


def _folder(machine: EmulatedMachine) -> Path:
    return machine._disk._folder


def _is_gone(place: Path) -> bool:
    return not place.exists() and not list(place.parent.glob(f".{place.name}*"))


def _state(machines: EmulatedMachines) -> tuple[Counter[str], tuple[object, ...]]:
    gc.collect()
    folders = sorted(machines._folders._place.iterdir())
    opened = open_here()
    for each in [each for each in opened if each.endswith(".used")]:
        del opened[each]  # a toolchain's: held from the first machine to the end of all
    return opened, (children(), cgroups(), folders, set(machines._machines))


@asynccontextmanager
async def _nothing_left(machines: EmulatedMachines) -> AsyncIterator[None]:
    opened, before = _state(machines)
    yield
    with suppress(AssertionError):  # a socket is closed in a turn of the loop after its task's end
        await eventually(lambda: not _state(machines)[0] - opened, longest_s=60)
    still_open, after = _state(machines)
    assert (still_open - opened, after) == (Counter(), before)


async def _started(machine: EmulatedMachine, command: str) -> asyncio.Task[CommandResult]:
    """Return a running command that has got as far as this in its machine."""
    running = asyncio.create_task(machine.execute(f"echo > /work/started; {command}"))
    await eventually((_folder(machine) / "work" / "started").exists)
    return running


async def test_after_commands_and_files(machines: EmulatedMachines) -> None:
    async with _nothing_left(machines):
        machine = await machines.make("used", memory_mib=256, disk_mib=8)
        await machine.execute("sleep 60 >/dev/null 2>&1 & echo x >/work/x; exit 3")
        await machine.execute("sleep 60", timeout_s=0.05)
        await machine.write("a/b", b"x")
        with pytest.raises(FileNotFoundError):
            await machine.read("nothing")
        await machine.remove()


@pytest.mark.slow
async def test_after_a_hostile_program(machines: EmulatedMachines) -> None:
    async with _nothing_left(machines):
        machine = await machines.make("hostile", memory_mib=256, disk_mib=8)
        done = await machine.execute(HOSTILE)
        assert done.limit is Limit.DISK  # as what is too deep cannot be measured
        await machine.remove()


async def test_removal_ends_what_runs(machines: EmulatedMachines) -> None:
    async with _nothing_left(machines):
        machine = await machines.make("running", memory_mib=256, disk_mib=8)
        running = [await _started(machine, "sleep 60"), await _started(machine, "sleep 60")]
        await machine.remove()
        for each in running:
            with pytest.raises(SandboxLost, match="was removed"):
                await each


async def test_halting_ends_what_runs_and_keeps_the_files(machines: EmulatedMachines) -> None:
    async with _nothing_left(machines):
        machine = await machines.make("halted", memory_mib=256, disk_mib=8)
        running = await _started(machine, "trap '' TERM; sleep 60")
        await asyncio.gather(machine.halt(), machine.halt())
        with pytest.raises(SandboxLost, match="was stopped"):
            await running
        assert await machine.execute("ls /work") == CommandResult(0, b"started\n")
        await machine.halt()  # nothing runs
        await machine.remove()


async def test_a_removed_machine_does_nothing_more(machines: EmulatedMachines) -> None:
    machine = await machines.make("gone", memory_mib=256, disk_mib=8)
    await asyncio.gather(machine.remove(), machine.remove())
    await machine.remove()
    with pytest.raises(SandboxLost):
        await machine.execute("true")
    with pytest.raises(SandboxLost):
        await machine.read("/work/x")
    with pytest.raises(SandboxLost):
        await machine.write("/work/x", b"x")


@pytest.mark.parametrize("times", [1, 2, 3])
async def test_a_removal_that_is_cancelled_is_still_done(
    machines: EmulatedMachines, times: int
) -> None:
    async with _nothing_left(machines):
        machine = await machines.make("cancelled", memory_mib=256, disk_mib=8)
        running = await _started(machine, "sleep 60")
        removing = asyncio.create_task(machine.remove())
        await asyncio.sleep(0)
        for _ in range(times):
            removing.cancel()
            await asyncio.sleep(0)
        with pytest.raises(asyncio.CancelledError):
            await removing
        with pytest.raises(SandboxLost):
            await running
        assert not _folder(machine).exists()


@pytest.mark.parametrize("times", [1, 2])
async def test_a_cancelled_command_is_killed(machines: EmulatedMachines, times: int) -> None:
    async with _nothing_left(machines):
        machine = await machines.make("command", memory_mib=256, disk_mib=8)
        running = await _started(machine, "trap '' TERM; sleep 60")
        for _ in range(times):
            running.cancel()
            await asyncio.sleep(0)
        with pytest.raises(asyncio.CancelledError):
            await running
        assert await machine.execute("echo fine") == CommandResult(0, b"fine\n")
        await machine.remove()


@pytest.mark.slow
async def test_cancelled_at_any_moment(machines: EmulatedMachines) -> None:
    async with _nothing_left(machines):
        machine = await machines.make("moments", memory_mib=256, disk_mib=8)
        async for _ in at_every_wait(lambda: machine.execute("echo x >/work/x")):
            pass
        await machine.remove()


async def test_closing_removes_all_and_lets_nothing_start(jail_cache_dir: Path) -> None:
    machines = await EmulatedMachines.start(jail_cache_dir)
    place = machines._folders._place
    made = [await machines.make(f"m{n}", memory_mib=256, disk_mib=8) for n in range(3)]
    running = await _started(made[0], "sleep 60")
    await machines.aclose()
    await machines.aclose()
    with pytest.raises(SandboxUnavailable):
        await running
    assert not place.exists()
    assert not list(place.parent.glob(f".{place.name}*"))
    with pytest.raises(SandboxUnavailable):
        await machines.make("late", memory_mib=256, disk_mib=8)


def test_a_cache_that_takes_no_folders_is_told(tmp_path: Path) -> None:
    folders = MachineFolders(tmp_path)
    (tmp_path / "machines").write_text("in the way")
    with pytest.raises(FileExistsError):
        folders.open()
    folders.close()
    (tmp_path / "machines").unlink()
    folders.open()
    folders.close()
    assert list((tmp_path / "machines").iterdir()) == []


@pytest.mark.thorough
@pytest.mark.slow
async def test_a_start_that_is_cancelled_leaves_nothing(open_folder: Path) -> None:
    """In a cache of its own: other processes of these tests start machines in theirs."""
    first = await EmulatedMachines.start(open_folder)
    place = first._folders._place.parent
    await first.aclose()
    before = (set(place.iterdir()), open_here())
    async for started in at_every_wait(lambda: EmulatedMachines.start(open_folder)):
        if started is not None:
            await started.aclose()
    assert (set(place.iterdir()), open_here()) == before


async def test_two_machines_never_share_a_name_or_leave_the_folder(
    machines: EmulatedMachines, machine: EmulatedMachine
) -> None:
    with pytest.raises(SandboxUnavailable, match="exists"):
        await machines.make(_folder(machine).name, memory_mib=256, disk_mib=8)
    for name in ("", ".", "..", "a/b", "/a", ".hidden", "x" * 300, "a\0", "a\n"):
        with pytest.raises(ValueError, match="no id for an emulated machine"):
            await machines.make(name, memory_mib=256, disk_mib=8)


@pytest.mark.slow
async def test_what_a_killed_process_left_goes_with_the_next_start(jail_cache_dir: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _LEFT_BEHIND, str(jail_cache_dir)], stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        await asyncio.to_thread(child.stdout.readline)
        (left,) = (jail_cache_dir / "machines").glob("*/left")
        await (await EmulatedMachines.start(jail_cache_dir)).aclose()
        assert left.exists()  # its process lives
        child.send_signal(signal.SIGKILL)
        child.wait()
    await (await EmulatedMachines.start(jail_cache_dir)).aclose()
    await eventually(lambda: _is_gone(left.parent))  # another process may have been first

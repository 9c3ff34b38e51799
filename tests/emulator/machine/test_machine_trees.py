"""What other users of a machine have closed is measured and removed, also by a plain caller."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest

from cancelled_at import Cancelled
from daytona_validate._emulator.machines.emulated_machine import EmulatedMachine
from daytona_validate._emulator.machines.emulated_machines import EmulatedMachines
from daytona_validate._emulator.machines.hostile_tree import MAX_DEPTH, UNKNOWN_BYTES, used_bytes
from daytona_validate._emulator.machines.trees import Trees
from daytona_validate._jails.id_maps import ids_here
from daytona_validate._runtime.worker_thread import StopSign
from eventually import eventually

pytestmark = [
    pytest.mark.jail,
    pytest.mark.skipif(ids_here() is None, reason="this caller has no ids to give to machines"),
]
PLAIN_ONLY = pytest.mark.skipif(os.geteuid() == 0, reason="to root nothing is closed")

CLOSE = """
cd /work; mkdir -p d/e tmp; head -c 1M /dev/zero >d/f; ln d/f d/g; ln -s / d/root; mkfifo d/e/p
cp d/f d/e/h
perl -e 'chown 64100, 64100, @ARGV or die' d/f d/e/h d/e d; perl -e 'chmod 0, "d/e", "d"'
"""
DEEP = """
cd /work
perl -e '($(, $)) = (64100, 64100); ($<, $>) = (64100, 64100); chdir "d" or die;
for (1 .. 400) { mkdir "d" x 50, 0700; chdir "d" x 50 or die $! } open my $f, ">", "x"'
"""
_LEFT_BEHIND = f"""
import asyncio, sys
from itertools import product
from pathlib import Path
from daytona_validate._emulator.machines.emulated_machines import EmulatedMachines

async def main():
    machines = await EmulatedMachines.start(Path(sys.argv[1]))
    machine = await machines.make("left-closed", memory_mib=256, disk_mib=8)
    await machine.execute({CLOSE!r})
    print("made", flush=True)
    await machine.execute("sleep 98767")

asyncio.run(main())
"""


def _folder(machine: EmulatedMachine) -> Path:
    return machine._disk._folder


def _is_gone(place: Path) -> bool:
    return not place.exists() and not list(place.parent.glob(f".{place.name}*"))


@PLAIN_ONLY
async def test_what_is_closed_counts_as_much_as_if_it_were_open(
    machines: EmulatedMachines, machine: EmulatedMachine
) -> None:
    trees, folder = machines._trees, _folder(machine)
    assert (await machine.execute(CLOSE)).output == b""
    assert await asyncio.to_thread(used_bytes, folder, StopSign()) >= UNKNOWN_BYTES
    closed = await trees.used_bytes(folder)
    opening = "cd /work; chmod 700 d d/e; perl -e 'chown 0, 0, @ARGV' d d/e"
    assert (await machine.execute(opening)).exit_code == 0
    assert closed == await asyncio.to_thread(used_bytes, folder, StopSign())
    assert closed > 2 * 1024 * 1024


async def test_a_machine_of_closed_folders_goes(machines: EmulatedMachines) -> None:
    machine = await machines.make("closed", memory_mib=256, disk_mib=8)
    assert (await machine.execute(CLOSE)).exit_code == 0
    await machine.remove()
    assert not _folder(machine).exists()


@pytest.mark.slow
async def test_what_another_user_has_made_too_deep_goes(machines: EmulatedMachines) -> None:
    """Its path has 20 KB, more than any call takes, and it is deeper than is measured."""
    assert MAX_DEPTH < 400
    machine = await machines.make("deep", memory_mib=256, disk_mib=8)
    give = """mkdir /work/d; perl -e 'chown 64100, 64100, "/work/d"'"""
    assert (await machine.execute(f"{give}; {DEEP}")).output == b""
    assert await machines._trees.used_bytes(_folder(machine)) >= UNKNOWN_BYTES
    await machine.remove()
    assert not _folder(machine).exists()


@PLAIN_ONLY
async def test_without_ids_it_is_said_that_it_could_not_be_removed(
    machines: EmulatedMachines,
) -> None:
    machine = await machines.make("kept", memory_mib=256, disk_mib=8)
    assert (await machine.execute(CLOSE)).exit_code == 0
    await machine.halt()
    of_one_user = Trees(machines._runner, machines._launcher.perl, None)
    with pytest.raises(PermissionError):
        await of_one_user.remove(_folder(machine))
    await machine.remove()
    assert not _folder(machine).exists()


@PLAIN_ONLY
@pytest.mark.slow
async def test_a_removal_that_is_cancelled_is_still_done(machines: EmulatedMachines) -> None:
    async def make_and_close() -> EmulatedMachine:
        machine = await machines.make("cancelled", memory_mib=256, disk_mib=8)
        assert (await machine.execute(CLOSE)).exit_code == 0
        return machine

    for when_ready, at_wait in product((False, True), range(30)):
        machine = await make_and_close()
        removal = Cancelled(machine.remove(), at_wait, when_ready=when_ready, times=2)
        await removal.end()
        assert not _folder(machine).exists()
        assert not machines._runner._processes
        if not removal.was_met:
            assert at_wait > 0
            break


@PLAIN_ONLY
async def test_a_copy_for_programs_is_theirs(machines: EmulatedMachines, tmp_path: Path) -> None:
    assert machines.ids is not None
    (tmp_path / "a").mkdir(mode=0o700)
    (tmp_path / "a" / "b").write_text("x")
    (tmp_path / "a" / "c").symlink_to("/nowhere")
    await machines._trees.give(tmp_path / "a", 64_100)
    assert (tmp_path / "a").stat().st_uid == machines.ids.outside(64_100)
    await machines._trees.remove(tmp_path / "a")
    assert not (tmp_path / "a").exists()


@pytest.mark.slow
async def test_what_a_killed_process_left_closed_goes_with_the_next_start(
    jail_cache_dir: Path,
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _LEFT_BEHIND, str(jail_cache_dir)], stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert await asyncio.to_thread(child.stdout.readline) == b"made\n"
        (left,) = (jail_cache_dir / "machines").glob("*/left-closed")
        child.send_signal(signal.SIGKILL)
        child.wait()
    await (await EmulatedMachines.start(jail_cache_dir)).aclose()
    await eventually(lambda: _is_gone(left.parent))  # another process may have been first

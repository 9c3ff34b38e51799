"""Machines have users of their own where that is proved to be tight, and one user elsewhere."""

from __future__ import annotations

import pytest

from daytona_validate._emulator.machines.emulated_machine import EmulatedMachine
from daytona_validate._emulator.machines.users import proven_ids
from daytona_validate._jails.id_maps import ids_here
from daytona_validate._jails.own_ids import OwnIds
from daytona_validate._jails.runner import JailRunner
from daytona_validate._jails.self_test import faults

pytestmark = [
    pytest.mark.jail,
    pytest.mark.skipif(ids_here() is None, reason="this caller has no ids to give to machines"),
]


async def test_what_the_kernel_refuses_leaves_one_user(jail_runner: JailRunner) -> None:
    """Two ids of a jail would be one of the host's: its root's lies in the range."""
    too_few = OwnIds(60_000, count=5_000)
    assert await proven_ids(jail_runner, find=lambda: too_few) is None


async def test_what_is_less_tight_leaves_one_user_and_says_so(
    jail_runner: JailRunner, caplog: pytest.LogCaptureFixture
) -> None:
    """Here it is judged as a jail without ids of its own, which has no rights at all."""
    assert await proven_ids(jail_runner, judge=lambda report, **_: faults(report)) is None
    assert "Emulated machines have one user: with more, CapEff is" in caplog.text


async def test_a_caller_without_ids_has_machines_of_one_user(jail_runner: JailRunner) -> None:
    assert await proven_ids(jail_runner, find=lambda: None) is None


async def test_both_users_have_names_and_the_second_its_folders(machine: EmulatedMachine) -> None:
    give = """perl -e 'chown 64100, 64100, "/work"'"""
    done = await machine.execute(f"id -un; id -un 64100; stat -c %U /work; {give}")
    assert done.output == b"root\nsnippet\nroot\n"
    assert (await machine.execute("stat -c %U /work")).output == b"snippet\n"


async def test_files_of_the_second_user_are_measured_and_removed(machine: EmulatedMachine) -> None:
    give = """perl -e 'chown 64100, 64100, "/work/d/f", "/work/d" or die'"""
    done = await machine.execute(f"mkdir -m 700 /work/d; head -c 3M /dev/zero >/work/d/f; {give}")
    assert done.exit_code == 0
    with pytest.raises(OSError, match="No space left"):
        await machine.write("/work/more", bytes(6 * 1024 * 1024))
    assert await machine.read("/work/d/f") == bytes(3 * 1024 * 1024)

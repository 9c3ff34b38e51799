"""The folders of a machine are on the host's disk, and hold what the machine may have."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

import pytest

from daytona_validate._emulator.machines.emulated_machine import EmulatedMachine
from daytona_validate._emulator.machines.emulated_machines import EmulatedMachines
from daytona_validate._emulator.machines.machine_interface import CommandResult
from daytona_validate._models import Limit

pytestmark = [pytest.mark.jail, pytest.mark.slow]

MIB = 1024 * 1024
_FILL = "for n in 1 2 3 4 5; do head -c 2M /dev/zero >/{folder}/$n; done; echo full; "


async def test_one_file_is_bounded_at_once(machine: EmulatedMachine) -> None:
    done = await machine.execute("head -c 100M /dev/zero >/work/large; stat -c %s /work/large")
    assert int(done.output.split()[-1]) <= 9 * 1024 * 1024


@pytest.mark.parametrize("folder", ["work", "tmp", "home/daytona"])
async def test_many_files_are_bounded_while_it_runs(machine: EmulatedMachine, folder: str) -> None:
    done = await machine.execute(_FILL.format(folder=folder) + "sleep 60", timeout_s=30)
    assert (done.exit_code, done.output, done.limit) == (-1, b"full\n", Limit.DISK)


async def test_what_is_found_too_much_at_the_end_is_told(machine: EmulatedMachine) -> None:
    done = await machine.execute(_FILL.format(folder="work") + "exit 3")
    assert (done.exit_code, done.output, done.limit) == (3, b"full\n", Limit.DISK)
    done = await machine.execute("rm /work/*")
    assert (done.exit_code, done.limit) == (0, None)


async def test_files_without_content_are_bounded_too(machine: EmulatedMachine) -> None:
    make = "n=0; while [ $n -lt 40 ]; do mkdir $n; ( cd $n; touch $(seq 60) ); n=$((n+1)); done"
    done = await machine.execute(f"cd /work; {make}; sleep 60", timeout_s=30)
    assert done.limit is Limit.DISK


async def test_deleted_files_end_it_when_the_disk_itself_is_short(
    altered: Callable[..., EmulatedMachine],
) -> None:
    """They are found by no measuring; a host's disk with little left is stood in for."""
    machine = altered(spare_bytes=1 << 62)
    done = await machine.execute("exec 9>/work/f; rm /work/f; echo x >&9; sleep 60", timeout_s=30)
    assert done.limit is Limit.DISK


async def test_memory_is_bounded(machines: EmulatedMachines) -> None:
    made = await machines.make("small", memory_mib=64, disk_mib=8)
    done = await made.execute("sort -S 1G /dev/zero 2>/dev/null", timeout_s=30)
    if machines._runner.counts_memory:
        assert done.exit_code == 137
    assert done.exit_code != 0
    await made.remove()


async def test_output_is_bounded(machine: EmulatedMachine) -> None:
    done = await machine.execute("yes")
    assert (done.exit_code, done.limit) == (-1, Limit.OUTPUT)
    assert 64 * MIB <= len(done.output) < 65 * MIB


async def test_processes_are_bounded(machine: EmulatedMachine) -> None:
    done = await machine.execute(
        "exec sh\nn=0; while :; do sleep 60 >/dev/null 2>&1 & n=$((n+1)); echo $n; done",
        timeout_s=30,
    )
    assert done.exit_code != 0
    assert 100 < int(re.findall(rb"^\d+$", done.output, re.MULTILINE)[-1]) < 256
    assert await machine.execute("echo fine") == CommandResult(0, b"fine\n")


_FILL_BUT_THREE = "sh -c 'while :; do sleep 60 >/dev/null 2>&1 & done' 2>/dev/null; echo full"
"""Both shells, and who waits for the outer one, are gone in the end."""


async def test_a_shell_waits_for_the_room_that_another_makes(machine: EmulatedMachine) -> None:
    full = await machine.execute(_FILL_BUT_THREE, timeout_s=30)
    assert full.output == b"full\n"
    async with asyncio.TaskGroup() as both:
        last = both.create_task(machine.execute("while [ ! -e /work/go ]; do :; done"))
        waits = both.create_task(machine.execute("echo fine"))
        await machine.write("/work/go", b"")
    assert last.result().exit_code == 0
    assert waits.result() == CommandResult(0, b"fine\n")

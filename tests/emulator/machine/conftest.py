"""Machines on this host, over the cache that all tests share."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest

from daytona_validate._emulator.machines.emulated_machine import EmulatedMachine
from daytona_validate._emulator.machines.emulated_machines import EmulatedMachines
from daytona_validate._emulator.machines.machine_disk import SPARE_BYTES, MachineDisk

_numbers = itertools.count()


@pytest.fixture(scope="session")
def machines(jail_machines: EmulatedMachines) -> EmulatedMachines:
    """Those of all tests; what a test leaves of its own it finds by comparing before and after."""
    return jail_machines


@pytest.fixture
async def machine(machines: EmulatedMachines) -> AsyncIterator[EmulatedMachine]:
    """A machine without a language, with a disk of 8 MiB."""
    made = await machines.make(f"test-{next(_numbers)}", memory_mib=256, disk_mib=8)
    yield made
    await made.remove()


@pytest.fixture
async def altered(machine: EmulatedMachine) -> AsyncIterator[Callable[..., EmulatedMachine]]:
    """Make another machine over the same folders, whose launcher or disk is another."""
    made: list[EmulatedMachine] = []

    def make(*, spare_bytes: int = SPARE_BYTES, **of_launcher: Any) -> EmulatedMachine:
        disk = machine._disk
        made.append(
            EmulatedMachine(
                machine._jail,
                MachineDisk(
                    disk._folder,
                    disk._trees,
                    allowed_bytes=disk._allowed_bytes,
                    spare_bytes=spare_bytes,
                ),
                door=machine._door,
                launcher=replace(machine._launcher, **of_launcher),
                runner=machine._runner,
                on_removal=lambda _: None,
            )
        )
        return made[-1]

    yield make
    for each in made:
        await each.halt()


@pytest.fixture
async def machine_of_one_user(machines: EmulatedMachines) -> AsyncIterator[EmulatedMachine]:
    """The same, as where the host allows no more users."""
    ids, machines.ids = machines.ids, None
    made = await machines.make(f"test-{next(_numbers)}", memory_mib=256, disk_mib=8)
    machines.ids = ids
    yield made
    await made.remove()

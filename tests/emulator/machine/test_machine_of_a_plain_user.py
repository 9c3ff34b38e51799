"""Machines of a plain user: the other tests, where root runs them, see root's only."""

from __future__ import annotations

import json

import pytest

from daytona_validate._toolchains.record import Toolchain
from plain_user import PLAIN_USER, home_of_plain_user, only_as_root, printed_as_plain_user

_CHILD = """
import asyncio, json
from daytona_validate._emulator.machines.emulated_machines import EmulatedMachines

async def main():
    machines = await EmulatedMachines.start()
    machine = await machines.make("mine", memory_mib=256, disk_mib=8)
    await machine.write("/work/a/file", b"content")
    closing = "cat a/file; id -u; mkdir b; touch b/c; chmod 0 b a ."
    done = await machine.execute(closing, cwd="/work")
    filled = await machine.execute(
        "mkdir d; for n in 1 2 3 4 5; do head -c 2M /dev/zero >d/$n; done; chmod 0 d; sleep 60"
    )
    place = machines._folders._place
    owner = (place / "mine").stat().st_uid
    await machine.remove()
    left = [each.name for each in place.iterdir()]
    await machines.aclose()
    print(json.dumps([done.output.decode(), filled.limit, owner, left, place.exists()]))

asyncio.run(main())
"""


@pytest.mark.jail
@pytest.mark.slow
@only_as_root
@pytest.mark.thorough
def test_a_plain_users_machine(python_toolchain: Toolchain) -> None:
    with home_of_plain_user() as home:
        printed = printed_as_plain_user(_CHILD, python_toolchain, home=home)
    said, limit, owner, left, is_left = json.loads(printed)
    assert (said, limit, owner) == ("content65534\n", "disk_limit", PLAIN_USER)
    assert (left, is_left) == ([], False)

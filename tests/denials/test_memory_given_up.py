"""Shared memory that a program has filled, and of which no process has the pages any more."""

from __future__ import annotations

import json
from collections.abc import Awaitable
from dataclasses import asdict
from typing import Any

import pytest

from daytona_validate._errors import SandboxLost
from daytona_validate._jails.cgroups import Cgroups
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limit, Limits, Step
from daytona_validate._toolchains.record import Toolchain
from given_up import GIVEN_UP, can_look_at_mappings
from jail_with import jail_with
from plain_user import home_of_plain_user, only_as_root, printed_as_plain_user

pytestmark = [pytest.mark.jail, pytest.mark.slow, pytest.mark.alone]

_MIB = 640
_AS_PLAIN_USER = """
import asyncio, json
from pathlib import Path
from daytona_validate._errors import SandboxLost
from daytona_validate._jails.jail import Bind, Jail
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limits

async def became(runner, code):
    jail = Jail(
        argv=("python3", "-s", "main.py"), limits=Limits(memory_mib=128),
        files=dict([("main.py", code.encode())]), links={links!r},
        environment={environment!r}, binds=tuple(Bind(**each) for each in {binds!r}),
    )
    for _ in range(5):
        try:
            return (await runner.run(jail, timeout_s=20)).limit
        except SandboxLost as error:
            lost = error
            if not lost.retryable:  # the kernel ended no process of another program
                break
    return str(lost)

async def main():
    runner = await JailRunner.start(Path.home() / "cache")
    assert runner.jail_id != 0 and not runner.counts_memory
    print(json.dumps([await became(runner, code) for code in {programs!r}]))

asyncio.run(main())
"""


@pytest.mark.parametrize("way", GIVEN_UP)
@pytest.mark.parametrize("groups", [pytest.param("the host's", marks=pytest.mark.thorough), "none"])
async def test_pages_that_are_given_up_count(
    jail_runner: JailRunner, python_toolchain: Toolchain, patiently: Any, groups: str, way: str
) -> None:
    """Fill 640 MiB of shared memory, and give up its pages (`madvise`) or unmap all but one.

    Happens: it is ended for its memory, at 128 MiB; a plain user's, where no cgroup counts, is not
    judged.
    """
    runner = jail_runner if groups != "none" else JailRunner(jail_runner._host, Cgroups(()))
    jail = jail_with(
        python_toolchain,
        ("python3", "-s", "main.py"),
        files={"main.py": GIVEN_UP[way].format(mib=_MIB).encode()},
        limits=Limits(memory_mib=128),
    )

    def run() -> Awaitable[Step]:
        return runner.run(jail, timeout_s=20)

    if runner.counts_memory or can_look_at_mappings():
        assert (await patiently(run)).limit is Limit.MEMORY
        return
    with pytest.raises(SandboxLost, match="shared memory mapped"):
        await patiently(run)


@pytest.mark.thorough
@only_as_root
def test_of_a_plain_user_without_groups_they_are_not_judged(python_toolchain: Toolchain) -> None:
    program = _AS_PLAIN_USER.format(
        programs=[each.format(mib=_MIB) for each in GIVEN_UP.values()],
        links=python_toolchain.links,
        environment=dict(python_toolchain.environment),
        binds=[asdict(each) for each in python_toolchain.binds],
    )
    with home_of_plain_user() as home:
        became = json.loads(printed_as_plain_user(program, python_toolchain, home=home))
    assert ["shared memory mapped" in each for each in became] == [True] * len(GIVEN_UP), became

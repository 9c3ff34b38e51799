"""A program that watches folders by inotify learns nothing of what the host's programs open."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from daytona_validate._jails.runner import JailRunner
from daytona_validate._toolchains.record import Toolchain
from jail_with import jail_with
from plain_user import home_of_plain_user, only_as_root, printed_as_plain_user
from watching_program import noticed

pytestmark = [pytest.mark.jail, pytest.mark.slow]

_AS_PLAIN_USER = """
import asyncio, json, sys
from pathlib import Path
sys.path.insert(0, {shared!r})
from daytona_validate._jails.jail import Bind, Jail
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limits
from watching_program import noticed

async def main():
    runner = await JailRunner.start(Path.home() / "cache")
    assert runner.jail_id != 0
    folder = Path.home() / "sign"
    folder.mkdir()
    jail = Jail(
        argv=("python3", "-s", "main.py"), limits=Limits(), links={links!r},
        environment={environment!r}, binds=tuple(Bind(**each) for each in {binds!r}),
    )
    print(json.dumps(await noticed(runner, jail, folder)))

asyncio.run(main())
"""


@pytest.mark.alone  # the jails of other tests open the same copies
async def test_it_sees_nothing_that_the_host_opens(
    jail_runner: JailRunner, python_toolchain: Toolchain, open_folder: Path
) -> None:
    jail = jail_with(python_toolchain, ("python3", "-s", "main.py"))
    assert await noticed(jail_runner, jail, open_folder) == []


@pytest.mark.thorough
@only_as_root
def test_nor_does_a_plain_users(python_toolchain: Toolchain) -> None:
    program = _AS_PLAIN_USER.format(
        shared=str(Path(__file__).parents[1] / "shared"),
        links=python_toolchain.links,
        environment=dict(python_toolchain.environment),
        binds=[asdict(each) for each in python_toolchain.binds],
    )
    with home_of_plain_user() as home:
        printed = printed_as_plain_user(program, python_toolchain, home=home)
    assert json.loads(printed) == []

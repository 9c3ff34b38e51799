"""What the list of mounts tells of where a plain user's files lie, with and without the remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from daytona_validate._jails.runner import JailRunner
from daytona_validate._toolchains.record import Toolchain
from plain_user import home_of_plain_user, only_as_root, printed_as_plain_user

_SHOWN = """
import asyncio
from pathlib import Path, PosixPath
from daytona_validate._jails.jail import Jail
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limits

async def main():
    runner = await JailRunner.start({cache!r})
    assert runner.jail_id != 0
    command = ("sh", "-c", "cat /proc/self/mountinfo /proc/self/mounts /proc/self/mountstats")
    print((await runner.run(Jail(argv=command, limits=Limits()), timeout_s=20)).stdout.decode())

asyncio.run(main())
"""


@pytest.mark.thorough  # a plain user's jails need copies of all libraries
@pytest.mark.jail
@pytest.mark.slow
@only_as_root
def test_another_cache_folder_hides_the_home_folder(python_toolchain: Toolchain) -> None:
    """Read in the list of mounts where the home folder of who validates is, and so their name.

    Happens: it is not there, if `DAYTONA_CACHE_DIR` is a folder whose path does not tell.
    """
    with home_of_plain_user() as home, home_of_plain_user() as other:
        shown = {
            cache: printed_as_plain_user(
                _SHOWN.format(cache=cache), python_toolchain, home=home
            ).decode()
            for cache in (None, other / "cache")
        }
    assert f"{home}/.cache/daytona-validate/" in shown[None]  # what the page says of the default
    neutral = shown[other / "cache"]
    assert f"{other}/cache/commands/" in neutral
    assert str(home) not in neutral


@pytest.mark.jail
@pytest.mark.slow
def test_all_that_jails_have_of_the_host_lies_in_the_cache_folder(
    jail_runner: JailRunner, python_toolchain: Toolchain
) -> None:
    """So one setting hides every path."""
    binds = (*jail_runner.base.binds, *jail_runner.base.covers, *python_toolchain.binds)
    sources = {Path(each.source) for each in binds} - {Path("/dev/null")}
    assert len(sources) > 3
    assert [each for each in sources if not each.is_relative_to(jail_runner.cache)] == []

"""Namespaces with subordinate ids: nothing of them is left, however their making ends."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from cancelled_at import at_every_wait
from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.id_maps import ids_here
from daytona_validate._jails.own_ids import OwnIds
from daytona_validate._jails.self_test import self_test_jail
from daytona_validate._jails.user_namespace import Namespace, namespace_to_join
from held_here import children

IDS = ids_here()
PLAIN_WITH_IDS = pytest.mark.skipif(
    os.geteuid() == 0 or IDS is None, reason="only a plain user with subordinate ids"
)
_HOLDS = """
import asyncio, subprocess
from daytona_validate._jails.id_maps import ids_here
from daytona_validate._jails.self_test import self_test_jail
from daytona_validate._jails.user_namespace import namespace_to_join

async def main():
    async with namespace_to_join(self_test_jail(ids_here()), run_as=None) as namespace:
        left = subprocess.Popen(["sleep", "98765"], start_new_session=True)
        namespace.end_with_us(left.pid)
        print(namespace.path.split("/")[2], left.pid, flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_only_a_plain_users_jail_with_ids_has_one() -> None:
    async with namespace_to_join(self_test_jail(), run_as=None) as namespace:
        assert namespace is None
    async with namespace_to_join(self_test_jail(OwnIds(200_000)), run_as=60_923) as namespace:
        assert namespace is None


@pytest.mark.jail
@PLAIN_WITH_IDS
async def test_it_has_the_ids_and_goes() -> None:
    before = await asyncio.to_thread(children)
    async with namespace_to_join(self_test_jail(IDS), run_as=None) as namespace:
        assert namespace is not None
        maps = Path(namespace.path).parents[1] / "uid_map"
        lines = (await asyncio.to_thread(maps.read_text)).splitlines()
        assert [each.split()[::2] for each in lines] == [["0", "1"], ["1", "65535"]]
    assert await asyncio.to_thread(children) == before


@pytest.mark.jail
@PLAIN_WITH_IDS
async def test_a_helper_that_refuses_leaves_nothing() -> None:
    before = await asyncio.to_thread(children)
    jail = replace(self_test_jail(), ids=OwnIds(60_000))
    with pytest.raises(SandboxUnavailable, match="ids of its own: newuidmap: "):
        async with namespace_to_join(jail, run_as=None):
            raise AssertionError
    assert await asyncio.to_thread(children) == before


@pytest.mark.parametrize("program", ["false", "/nowhere/unshare"])
def test_where_none_can_be_made_it_is_said(program: str) -> None:
    namespace = Namespace((program,))
    with pytest.raises(SandboxUnavailable, match="ids of its own"):
        namespace.start(OwnIds(200_000))
    namespace.end()


@pytest.mark.jail
@pytest.mark.slow
@PLAIN_WITH_IDS
async def test_cancelled_at_any_moment_it_leaves_nothing() -> None:
    async def hold() -> None:
        async with namespace_to_join(self_test_jail(IDS), run_as=None):
            await asyncio.sleep(0)

    before = await asyncio.to_thread(children)
    async for _ in at_every_wait(hold, times=2):
        assert await asyncio.to_thread(children) == before


@pytest.mark.jail
@pytest.mark.slow
@PLAIN_WITH_IDS
def test_its_holder_ends_with_whoever_is_killed_and_so_does_what_he_left() -> None:
    """A bubblewrap that dies while it makes a jail leaves a child, in its own group."""
    with subprocess.Popen([sys.executable, "-c", _HOLDS], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        ends = [os.pidfd_open(int(pid)) for pid in child.stdout.readline().split()]
        child.send_signal(signal.SIGKILL)
        child.wait()
    for end in ends:
        assert select.select([end], [], [], 10.0)[0]  # readable: it has ended
        os.close(end)

"""What one jail takes of what the kernel counts for a user, another does not miss."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.bubblewrap import UNPRIVILEGED_IDS
from daytona_validate._jails.host_ids import HostIds, ids_folder
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limits, Step
from daytona_validate._toolchains.toolchains import Toolchains
from jail_with import jail_with

only_root = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root can give each jail an id of its own"
)
LIMITS = Limits(open_files=512)
HOLDS = """
import array, ctypes, os, socket, sys, time
libc = ctypes.CDLL(None, use_errno=True)
def watches():
    count = 0
    while libc.inotify_init1(0) >= 0:
        count += 1
    return count
def letters():
    count = 0
    try:
        while True:
            near, far = socket.socketpair()
            near.setblocking(False)
            kept.append((near, far))
            for _ in range(10):
                cargo = array.array("i", [0] * 60)
                near.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, cargo)])
                count += 60
    except OSError:
        return count
def pipes():
    count = 0
    for _ in range(12):
        inner, outer = os.pipe()
        if os.fork() == 0:
            opened = 0
            try:
                while opened < 120:
                    os.pipe()
                    opened += 1
            except OSError:
                pass
            os.write(outer, b"%d" % opened)
            os.close(outer)
            time.sleep(600)
        os.close(outer)
        count += int(os.read(inner, 9))
    return count
kept = []
print(globals()[sys.argv[1]](), flush=True)
time.sleep(600)
"""
NEEDS = """
import array, ctypes, fcntl, os, socket, sys
def watches():
    return ctypes.CDLL(None).inotify_init1(0) >= 0
def letters():
    near, far = socket.socketpair()
    cargo = array.array("i", [0])
    return near.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, cargo)]) == 1
def pipes():
    return fcntl.fcntl(os.pipe()[1], 1032) == 65536  # F_GETPIPE_SZ
print(globals()[sys.argv[1]]())
"""
ENOUGH = {"watches": 100, "letters": 300, "pipes": 1200}
"""What a holder has to get hold of for its neighbours to have missed it, when ids were shared."""


async def _run(runner: JailRunner, code: str, what: str, got: asyncio.Queue[bytes]) -> Step:
    python = await Toolchains(runner.cache, runner).prepare("python")
    jail = jail_with(python, ("python3", "-c", code, what), limits=LIMITS)
    return await runner.run(jail, timeout_s=60, on_stdout=got.put_nowait)


@asynccontextmanager
async def _holding(runner: JailRunner, what: str) -> AsyncIterator[int]:
    got: asyncio.Queue[bytes] = asyncio.Queue()
    holder = asyncio.ensure_future(_run(runner, HOLDS, what, got))
    try:
        yield int(await got.get())
    finally:
        holder.cancel()
        with suppress(asyncio.CancelledError):
            await holder


@only_root
@pytest.mark.jail
@pytest.mark.slow
@pytest.mark.parametrize("what", ENOUGH)
async def test_a_neighbour_may_take_all_that_it_can(jail_runner: JailRunner, what: str) -> None:
    async with _holding(jail_runner, what) as held:
        assert held >= ENOUGH[what]
        got: asyncio.Queue[bytes] = asyncio.Queue()
        step = await _run(jail_runner, NEEDS, what, got)
        assert (got.get_nowait(), step.exit_code, step.stderr) == (b"True\n", 0, b"")


@pytest.mark.jail
@pytest.mark.slow
async def test_what_is_counted_for_the_whole_machine_is_refused(jail_runner: JailRunner) -> None:
    code = """
import ctypes, errno, os
libc, context = ctypes.CDLL(None, use_errno=True), ctypes.c_ulong(0)
assert libc.syscall({"x86_64": 206, "aarch64": 0}[os.uname().machine], 1, ctypes.byref(context)) < 0
print(ctypes.get_errno() == errno.ENOSYS)
"""
    got: asyncio.Queue[bytes] = asyncio.Queue()
    await _run(jail_runner, code, "", got)
    assert got.get_nowait() == b"True\n"


@only_root
@pytest.mark.jail
@pytest.mark.slow
async def test_jails_that_run_at_one_time_are_different_users(jail_runner: JailRunner) -> None:
    async with _holding(jail_runner, "watches"), _holding(jail_runner, "watches"):
        pids = [each.status.child_pid for each in jail_runner._processes]
        owners = {Path(f"/proc/{pid}").stat().st_uid for pid in pids}
    assert len(owners) == 2
    assert owners <= set(UNPRIVILEGED_IDS) - {jail_runner.jail_id}


async def test_who_finds_all_ids_lent_waits_for_one(tmp_path: Path) -> None:
    """Also those of another process: to the kernel, another opening of the files is one."""
    here, elsewhere = HostIds((7, 8), tmp_path), HostIds((7, 8), tmp_path)
    async with here.one() as first:
        async with elsewhere.one() as second:
            third = here.one()
            waiting = asyncio.ensure_future(third.__aenter__())
            for _ in range(5):
                await asyncio.sleep(0)
            assert {first, second} == {7, 8}
            assert not waiting.done()
        assert await waiting == second
        await third.__aexit__(None, None, None)


async def test_an_id_that_nobody_waits_for_any_more_is_lent_to_the_next(tmp_path: Path) -> None:
    ids = HostIds((7,), tmp_path)
    async with ids.one():
        waiting = asyncio.ensure_future(ids.one().__aenter__())
        await asyncio.sleep(0)
        waiting.cancel()
        with suppress(asyncio.CancelledError):
            await waiting
    async with ids.one() as number:
        assert number == 7


async def test_ids_that_cannot_be_locked_are_the_machines_fault(tmp_path: Path) -> None:
    ids = HostIds((7,), tmp_path / "gone")
    with pytest.raises(SandboxUnavailable, match="No id for a sandbox"):
        async with ids.one():
            pass


@only_root
def test_locks_stand_where_nobody_else_can_make_them(tmp_path: Path) -> None:
    place, cache = tmp_path / "run" / "ids", tmp_path / "cache"
    assert ids_folder(cache, place=place) == place
    assert place.stat().st_mode & 0o777 == 0o700
    (tmp_path / "run").chmod(0o777)
    assert ids_folder(cache, place=place) == cache / "ids"
    assert ids_folder(cache, place=Path("/proc/ids")) == cache / "ids"
    cache.chmod(0o777)
    with pytest.raises(PermissionError):
        ids_folder(cache, place=place)

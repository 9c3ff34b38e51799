"""Folders that a jail sees writable: what is written there is bounded, and gives no rights."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from daytona_validate._jails.jail import Jail, Overlay
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limit, Limits, Step
from daytona_validate._toolchains.overlays import seen_here
from daytona_validate._toolchains.toolchains import Toolchains

pytestmark = [pytest.mark.jail, pytest.mark.slow]

LIMITS = Limits(memory_mib=512, disk_mib=8)
FILLS = "head -c {size} /dev/zero >/opt/seen/own/file && sleep {wait}; wc -c </opt/seen/own/file"


@pytest.fixture
async def overlay(jail_runner: JailRunner, open_folder: Path) -> Overlay:
    """A folder that jails may change, where this host has such."""
    folder = open_folder / "seen"
    (folder / "own").mkdir(parents=True)
    os.chown(folder / "own", jail_runner.jail_id, -1)
    (seen,) = await seen_here(
        jail_runner, (Overlay(str(folder), "/opt/seen", copies=str(open_folder / "copies")),)
    )
    if seen.is_read_only:
        pytest.skip("no control group counts memory here, or the kernel has no such overlays")
    return seen


async def _step(runner: JailRunner, overlay: Overlay, script: str, stdin: bytes = b"") -> Step:
    jail = Jail(argv=("sh", "-c", script), limits=LIMITS, overlays=(overlay,))
    return await runner.run(jail, timeout_s=20, stdin=stdin)


async def test_who_writes_more_than_its_disk_is_ended(
    jail_runner: JailRunner, overlay: Overlay
) -> None:
    """In several files: each is bounded by itself (RLIMIT_FSIZE)."""
    script = "for i in 1 2 3; do head -c 6291456 /dev/zero >/opt/seen/own/$i; done; sleep 60"
    step = await _step(jail_runner, overlay, script)
    assert (step.limit, step.exit_code) == (Limit.DISK, None)


async def test_who_writes_less_is_not_whatever_its_stdin(
    jail_runner: JailRunner, overlay: Overlay
) -> None:
    """Bubblewrap puts a program's stdin into the same file system."""
    script = FILLS.format(size=6 << 20, wait=0.3)
    step = await _step(jail_runner, overlay, script, stdin=bytes(20 << 20))
    assert (step.limit, step.stdout) == (None, b"6291456\n")


async def test_who_gives_it_back_at_once_is_not(jail_runner: JailRunner, overlay: Overlay) -> None:
    script = FILLS.format(size=6 << 20, wait=0)
    step = await _step(jail_runner, overlay, f"{script}; rm /opt/seen/own/file; {script}")
    assert (step.limit, step.stdout) == (None, b"6291456\n6291456\n")


async def test_what_is_written_there_gives_no_rights(
    jail_runner: JailRunner, jail_cache_dir: Path, overlay: Overlay
) -> None:
    """Bubblewrap mounts overlays without nosuid and nodev (0.11). A set-uid program is none all the
    same, as no process may gain rights, and no device is made in a file system of the jail's own.
    """
    program = """
import os, stat
for kind in (stat.S_IFCHR, stat.S_IFBLK):
    try:
        os.mknod("/opt/seen/own/device", kind | 0o666, os.makedev(1, 3))
    except OSError as error:
        print(error.strerror)
print(*(line for line in open("/proc/self/status") if line.startswith("NoNewPrivs")))
"""
    python = await Toolchains(jail_cache_dir, jail_runner).prepare("python")
    jail = Jail(
        argv=("python3", "-s", "-c", program),
        limits=Limits(),
        binds=python.binds,
        links=python.links,
        environment=python.environment,
        overlays=(overlay,),
    )
    step = await jail_runner.run(jail, timeout_s=20)
    denied = "Operation not permitted\n"
    assert step.stdout.decode() == f"{denied}{denied}NoNewPrivs:\t1\n\n", step.stderr

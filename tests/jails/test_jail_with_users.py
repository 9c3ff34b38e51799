"""Jails with a root of their own and other users below it: as tight as those with one user."""

from __future__ import annotations

import asyncio
import grp
import json
import os
import pwd
from dataclasses import replace
from pathlib import Path

import pytest

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.id_maps import (
    STARTS,
    free_ids,
    give_ids,
    ids_here,
)
from daytona_validate._jails.own_ids import COUNT, OwnIds
from daytona_validate._jails.runner import JailRunner
from daytona_validate._jails.self_test import faults, self_test_jail
from daytona_validate._toolchains.record import Toolchain
from jail_with import jail_with

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root has ids to give")
NEEDS_IDS = pytest.mark.skipif(ids_here() is None, reason="this caller has no ids to give")

TRIES = """
import ctypes, json, os
libc = ctypes.CDLL(None, use_errno=True)
MOUNTS, USERS, NETWORK, QUEUES, CLOCKS = 0x20000, 0x10000000, 0x40000000, 0x8000000, 0x80

def tried(call, *arguments):
    return "done" if call(*arguments) == 0 else os.strerror(ctypes.get_errno())

def opened(path):
    try:
        os.close(os.open(path, os.O_WRONLY))
    except OSError as error:
        return error.strerror
    return "done"

report = {
    "users": tried(libc.unshare, USERS),
    "mounts": tried(libc.unshare, MOUNTS),
    "network and users": tried(libc.unshare, NETWORK | USERS),
    "mount": tried(libc.mount, b"none", b"/tmp", b"tmpfs", 0, None),
    "chroot": tried(libc.chroot, b"/tmp"),
    "network": tried(libc.unshare, NETWORK),
    "queues": tried(libc.unshare, QUEUES),
    "queues and mounts": tried(libc.unshare, QUEUES | MOUNTS),
    "clocks": tried(libc.unshare, CLOCKS),
    "core_pattern": opened("/proc/sys/kernel/core_pattern"),
    "forwarding": opened("/proc/sys/net/ipv4/ip_forward"),
    "ids": [os.getuid(), os.getgid(), os.getgroups()],
}
os.setgroups([64100]), os.setgid(64100), os.setuid(64100)
with open("/proc/self/status") as status:
    report["rights"] = [line.split()[1] for line in status if line.startswith(("CapP", "CapE"))]
report["back"] = tried(libc.setuid, 0)
print(json.dumps(report))
"""


def test_ids_are_mapped_to_what_nobody_has() -> None:
    ids = OwnIds(1_900_000_000)
    assert ids.map_for(60_923) == "0 60923 1\n1 1900000000 65535\n"
    assert ids.outside(64_100) == 1_900_064_099


def test_what_is_taken_is_passed_over() -> None:
    first, second = STARTS[0], STARTS[1]
    assert free_ids([]) == OwnIds(first)
    assert free_ids([range(first + COUNT - 1, first + COUNT)]) == OwnIds(second)
    assert free_ids([range(first + COUNT, second)]) == OwnIds(first)
    assert free_ids([range(2**32)]) is None


@ROOT_ONLY
def test_ids_of_users_groups_and_loans_are_not_given(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    user = pwd.struct_passwd(("a", "x", STARTS[0], 0, "", "/", "/bin/sh"))
    group = grp.struct_group(("b", "x", STARTS[1] + 7, []))
    (tmp_path / "subuid").write_text(f"c:{STARTS[2]}:65536\n")
    monkeypatch.setattr(pwd, "getpwall", lambda: [user])
    monkeypatch.setattr(grp, "getgrall", lambda: [group])
    assert ids_here(files=(tmp_path / "subuid", tmp_path / "nothing")) == OwnIds(STARTS[3])


@ROOT_ONLY
def test_the_hosts_root_becomes_nobodys_root() -> None:
    with pytest.raises(SandboxUnavailable, match="runs as root"):
        give_ids(OwnIds(STARTS[0]), pid=os.getpid())


def test_a_process_without_a_namespace_of_its_own_gets_none() -> None:
    with pytest.raises(SandboxUnavailable, match="ids of its own"):
        give_ids(OwnIds(STARTS[0]), pid=os.getpid())


@pytest.mark.jail
@NEEDS_IDS
async def test_it_passes_the_self_test(jail_runner: JailRunner) -> None:
    ids = await asyncio.to_thread(ids_here)
    assert ids is not None
    tested = await jail_runner.run(self_test_jail(ids), timeout_s=10)
    report = tested.stdout.decode()
    assert faults(report, ids=ids) == []
    assert [each.partition(" ")[0] for each in faults(report)] == ["CapEff", "CapBnd"]


@pytest.mark.jail
@pytest.mark.slow
@NEEDS_IDS
async def test_its_root_makes_a_network_and_steps_down_and_nothing_else(
    jail_runner: JailRunner, python_toolchain: Toolchain
) -> None:
    jail = jail_with(
        python_toolchain,
        ("python3", "-s", "main.py"),
        files={"main.py": TRIES.encode()},
        ids=await asyncio.to_thread(ids_here),
    )
    step = await jail_runner.run(jail, timeout_s=10)
    report = json.loads(step.stdout)
    *ids, groups = report.pop("ids")
    assert ids == [0, 0]
    # A plain user keeps those of his login: his own, which is 0 here, and others, which have no
    # number here (65534). Root's jails have none.
    assert set(groups) <= (set() if os.geteuid() == 0 else {0, 65534})
    assert report.pop("rights") == ["0" * 16] * 2
    assert (report.pop("network"), report.pop("queues")) == ("done", "done")
    assert report.pop("core_pattern") in {"Permission denied", "Read-only file system"}
    assert report.pop("forwarding") == "Read-only file system"
    assert set(report.values()) == {"Operation not permitted"}


@pytest.mark.jail
@NEEDS_IDS
async def test_ids_that_cannot_be_had_leave_nothing_behind(jail_runner: JailRunner) -> None:
    """The host's own ids overlap with its root's: no kernel takes such a map."""
    jail = replace(self_test_jail(), ids=OwnIds(60_000, count=5_000))
    with pytest.raises(SandboxUnavailable, match="ids of its own"):
        await jail_runner.run(jail, timeout_s=10)
    assert not jail_runner._processes

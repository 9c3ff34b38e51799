"""Shared memory that a program has mapped is looked at, or known to be what nobody can look at."""

from __future__ import annotations

import mmap
import os
import subprocess
import sys
from pathlib import Path

import pytest

from daytona_validate._jails.mapped_memory import mapped_memory, unnamed_mappings
from daytona_validate._jails.tree_use import TreeUse, tree_use
from daytona_validate._jails.tree_watch import WatchedJail
from daytona_validate._models import Limits
from given_up import GIVEN_UP, can_look_at_mappings

_MAPS = """\
00400000-00452000 r-xp 00000000 08:02 173521      /usr/bin/dbus daemon
7fa1f46fa000-7fa1f86fa000 rw-s 00000000 00:01 390164                     /dev/zero (deleted)
7fa1f86fb000-7fa1f86fc000 rw-s 00000000 00:01 390164                     /dev/zero (deleted)
00e03000-00e24000 rw-p 00000000 00:00 0           [heap]
00f00000-00f01000 rw-s 00000000 00:01 7                                  /memfd:x y (deleted)
7fa1f9289000-7fa1f928a000 rw-s 00000000 00:30 9                          /work/memfd:x (deleted)
7fa1f9290000-7fa1f9291000 rw-s 0000"""


def test_one_mapping_is_named_of_each_memory() -> None:
    assert unnamed_mappings(_MAPS) == {390164: "7fa1f86fb000-7fa1f86fc000", 7: "f00000-f01000"}
    assert unnamed_mappings("") == {}


@pytest.mark.slow
@pytest.mark.parametrize("way", GIVEN_UP)
def test_what_is_given_up_is_looked_at_or_doubted(way: str) -> None:
    """64 MiB, of which no page is in the tables of any process and to which no descriptor leads."""
    with subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", GIVEN_UP[way].format(mib=64)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        idle = tree_use(child.pid, (), enough_bytes=1 << 30)
        use = tree_use(child.pid, (), enough_bytes=1 << 30, unseen_bytes=1 << 30)
        exact = tree_use(child.pid, (), enough_bytes=0)
        child.kill()
    assert idle.memory_bytes < 40 << 20  # it costs nothing where the host's has not grown
    assert idle.is_all_seen
    assert use.is_all_seen is can_look_at_mappings()
    for each in (use, exact) if can_look_at_mappings() else ():
        assert 64 << 20 <= each.memory_bytes < 104 << 20


def test_who_has_nothing_shared_has_nothing_unseen() -> None:
    with subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(b"x")
        child.stdin.flush()
        child.stdout.read(1)  # all that it maps is mapped
        found = mapped_memory([child.pid], (), most_read_bytes=1 << 20)
        cut_off = mapped_memory([child.pid], (), most_read_bytes=100)
        child.kill()
        child.wait()
        gone = mapped_memory([child.pid], (), most_read_bytes=1 << 20)
    assert (found, cut_off, gone) == ({}, None, {})


def test_what_is_counted_is_not_looked_at_again() -> None:
    with mmap.mmap(-1, mmap.PAGESIZE):
        with Path("/proc/self/maps").open("rb") as file:
            inodes = unnamed_mappings(file.read().decode("latin-1"))
        found = mapped_memory([os.getpid()], inodes, most_read_bytes=1 << 20)
    assert found == {}


def test_what_is_unseen_matters_where_the_hosts_memory_has_grown_by_a_limit() -> None:
    """By what other jails have in files it has not; 20 % above the limit counts."""
    jail = WatchedJail(os.getpid(), -1, Limits(memory_mib=100), ())
    unseen, seen = TreeUse(is_all_seen=False), TreeUse()
    grown = [jail.grown_bytes(each << 20) for each in (900, 500, 620, 621)]
    assert grown == [0, 0, 120 << 20, 121 << 20]
    assert [jail.may_hide(each, unseen) for each in grown] == [False, False, False, True]
    assert not any(jail.may_hide(each, seen) for each in grown)

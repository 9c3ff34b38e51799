"""Whose want of memory is taken for a jail's, where no group of its own counts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from daytona_validate._jails.cgroups import Cgroups
from daytona_validate._jails.own_ooms import OwnOoms, counts, number_of, own_ooms
from daytona_validate._models import Limits

SECOND = "30 25 0:26 {} /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n"
FIRST = (
    "35 31 0:32 {} /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
    "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
)


@pytest.mark.parametrize(
    ("mountinfo", "own", "expected"),
    [
        (
            SECOND.format("/"),
            "0::/user.slice/session-5.scope\n",
            [
                "/sys/fs/cgroup/user.slice/session-5.scope/memory.events",
                "/sys/fs/cgroup/user.slice/memory.events",
                "/sys/fs/cgroup/memory.events",
            ],
        ),
        (SECOND.format("/"), "0::/\n", ["/sys/fs/cgroup/memory.events"]),
        (
            FIRST.format("/"),
            "4:memory:/a/b\n0::/\n",
            ["/sys/fs/cgroup/memory/a/b/memory.oom_control"],
        ),
        (
            FIRST.format("/docker/1"),
            "4:memory:/docker/1\n0::/\n",
            ["/sys/fs/cgroup/memory/memory.oom_control"],
        ),
        (FIRST.format("/"), "4:memory:/\n0::/\n", []),
        ("", "0::/\n", []),
    ],
    ids=[
        "the session's, or one above it",
        "a container's own, or no file",
        "first version",
        "first version in a container",
        "the first version's root",
        "nothing mounted",
    ],
)
def test_our_groups_count_is_looked_for(mountinfo: str, own: str, expected: list[str]) -> None:
    assert list(counts(mountinfo, own)) == expected


@pytest.fixture
def counter(tmp_path: Path) -> OwnOoms:
    """Return one whose group lost a process, on a host that lost seven."""
    for name, text in (
        ("events", "oom 2\noom_kill 1\noom_group_kill 0\n"),
        ("groups", "0::/ours\n"),
        ("vmstat", "nr_free_pages 12\noom_kill 7\n"),
    ):
        (tmp_path / name).write_text(text)
    return OwnOoms(tmp_path / "events", "0::/ours\n", tmp_path / "groups", tmp_path / "vmstat")


def test_what_others_of_the_host_lost_is_not_counted(counter: OwnOoms) -> None:
    assert counter.so_far() == 1


def test_once_this_process_is_in_another_group_the_hosts_is_counted(counter: OwnOoms) -> None:
    counter.own_groups.write_text("0::/elsewhere\n")
    assert counter.so_far() == 7


def test_where_our_group_does_not_tell_the_hosts_is_counted(counter: OwnOoms) -> None:
    assert counter.count is not None
    counter.count.write_text("oom_kill_disable 0\n")
    assert counter.so_far() == 7
    counter.count.unlink()
    assert counter.so_far() == 7
    counter.vmstat.unlink()
    assert counter.so_far() == 0


HUNGRY = "read _; exec {} -c '[7] * (1 << 27)'"


@pytest.mark.jail
@pytest.mark.slow
def test_a_process_that_another_group_lost_is_no_loss_of_ours() -> None:
    """The kernel's own counts: the host's goes up by it, and ours does not."""
    groups = Cgroups.find(Limits())
    if not groups.counts_memory:
        pytest.skip("no group with a limit can be made here")
    ours = own_ooms()
    if ours.count is None:
        pytest.skip("this process's group has no count")
    group = groups.make(Limits(memory_mib=32, processes=8))
    before, host_before = ours.so_far(), number_of(ours.vmstat, "oom_kill")
    line = ["/bin/sh", "-c", HUNGRY.format(sys.executable)]
    try:
        with subprocess.Popen(line, stdin=subprocess.PIPE) as process:
            group.add(process.pid)
            process.communicate(b"\n", timeout=60)
        assert group.account().oom_kills == 1
    finally:
        assert group.remove()
    assert ours.so_far() == before
    assert (number_of(ours.vmstat, "oom_kill") or 0) > (host_before or 0)

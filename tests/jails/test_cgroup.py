"""What a control group is told, and what it tells."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from daytona_validate._jails.cgroup import Account, Cgroup
from daytona_validate._jails.own_ooms import OwnOoms
from daytona_validate._models import Limits

UNIFIED_FILES = {
    "memory.peak": "52428800\n",
    "memory.events": "low 0\nhigh 0\nmax 12\noom 2\noom_kill 1\noom_group_kill 0\n",
    "pids.events": "max 3\n",
    "cpu.stat": "usage_usec 1500000\nuser_usec 1000000\nsystem_usec 500000\n",
}
FIRST_FILES = {
    "memory.max_usage_in_bytes": "52428800\n",
    "memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n",
    "pids.events": "max 3\n",
    "cpuacct.usage": "1500000000\n",
}


@pytest.mark.parametrize(
    ("files", "kinds", "own_ooms"),
    [(UNIFIED_FILES, ["unified"], 2), (FIRST_FILES, ["memory", "pids", "cpuacct"], None)],
    ids=["second version", "first version"],
)
def test_both_versions_give_the_same_account_but_for_whose_want_of_memory_it_was(
    tmp_path: Path, files: dict[str, str], kinds: list[str], own_ooms: int | None
) -> None:
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    account = Cgroup(dict.fromkeys(kinds, tmp_path)).account()
    assert account == Account(
        cpu_s=1.5,
        peak_memory_bytes=50 << 20,
        oom_kills=1,
        own_ooms=own_ooms,
        refused_forks=3,
    )


def test_kills_by_the_host_are_told_from_those_by_the_limit(tmp_path: Path) -> None:
    """So it is in Linux 5.10 to 5.18, where memory.peak is not there to tell."""
    (tmp_path / "memory.events").write_text("low 0\nhigh 0\nmax 12\noom 0\noom_kill 1\n")
    assert Cgroup({"unified": tmp_path}).account() == Account(oom_kills=1, own_ooms=0)


def test_what_a_kernel_does_not_count_is_not_made_up(tmp_path: Path) -> None:
    (tmp_path / "memory.events").write_text("oom_kill 0\n")  # memory.peak came with Linux 5.19
    assert Cgroup({"unified": tmp_path}).account() == Account()


def test_without_a_memory_controller_the_hosts_ends_are_counted(tmp_path: Path) -> None:
    (tmp_path / "vmstat").write_text("nr_free_pages 12\noom_kill 3\n")
    ooms = OwnOoms(vmstat=tmp_path / "vmstat")
    assert Cgroup({}, ooms=ooms).account() == Account(other_oom_kills=3)
    assert Cgroup({"pids": tmp_path}, ooms=ooms).account().other_oom_kills == 3
    assert Cgroup({"memory": tmp_path}, ooms=ooms).account().other_oom_kills == 0
    absent = OwnOoms(vmstat=tmp_path / "absent")
    assert Cgroup({}, ooms=absent).account() == Account()


def test_limits_of_the_second_version(tmp_path: Path) -> None:
    for name in ("memory.max", "pids.max"):  # no memory.swap.max: a kernel without swap
        (tmp_path / name).write_text("")
    Cgroup({"unified": tmp_path}).limit(Limits(memory_mib=100, processes=10))
    assert (tmp_path / "memory.max").read_text() == str(100 << 20)
    assert (tmp_path / "pids.max").read_text() == "12"  # bubblewrap is in it
    assert not Cgroup({"unified": tmp_path}).has_cpu_weight()


def test_a_group_of_the_second_version_has_half_the_usual_part_of_the_processors(
    tmp_path: Path,
) -> None:
    for name in ("memory.max", "pids.max", "cpu.weight"):
        (tmp_path / name).write_text("")
    group = Cgroup({"unified": tmp_path})
    group.limit(Limits())
    assert (tmp_path / "cpu.weight").read_text() == "50"
    assert group.has_cpu_weight()


@pytest.mark.parametrize(
    ("line", "joined", "code"), [(b"\n", "0", 7), (b"", None, 125)], ids=["let go", "left alone"]
)
def test_what_is_held_joins_and_goes_on_only_once_it_is_let_go(
    tmp_path: Path, line: bytes, joined: str | None, code: int
) -> None:
    """Else what we did not live to bound would run without bounds."""
    (tasks := tmp_path / "tasks").touch()
    argv = Cgroup({"memory": tmp_path}).joining_argv(is_held=True)
    ran = subprocess.run([*argv, "sh", "-c", "exit 7"], input=line, check=False)
    assert (tasks.read_text().strip() or None, ran.returncode) == (joined, code)

"""Whose control groups are swept, and how a jail comes into its own."""

from __future__ import annotations

import re
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from daytona_validate._jails.cgroup import Account, Cgroup
from daytona_validate._jails.cgroup_places import CgroupPlace
from daytona_validate._jails.cgroups import Cgroups, sweep
from daytona_validate._jails.jail import Jail, SetupCommand
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limits, Stage


def _made(parent: Path) -> Cgroup:
    return Cgroups((CgroupPlace("cpuacct", str(parent)),)).make(Limits())


def _names(parent: Path) -> list[str]:
    return [each.name for each in parent.iterdir()]


DEAD = "daytona-validate-00112233445566aa"
OTHERS = ("somebody-else", "daytona-validate-4026531836-7847-84058-646", f"{DEAD}bb")
"""The second is of a maker that holds no lock, as this project's first version."""


def test_what_nobody_holds_is_swept_and_nothing_else(tmp_path: Path) -> None:
    for name in (DEAD, *OTHERS):
        (tmp_path / name).mkdir()
    group = _made(tmp_path)
    held = set(_names(tmp_path)) - {DEAD}
    sweep(str(tmp_path))
    assert set(_names(tmp_path)) == held
    assert group.remove()
    assert set(_names(tmp_path)) == set(OTHERS)


@pytest.mark.slow
def test_who_sweeps_takes_no_group_from_who_makes_one(tmp_path: Path) -> None:
    """Between its making and its lock it looks like one of the dead."""
    has_made_all = threading.Event()

    def sweeping() -> None:
        while not has_made_all.is_set():
            sweep(str(tmp_path))

    with ThreadPoolExecutor() as others:
        swept = [others.submit(sweeping) for _ in range(2)]
        try:
            groups = [_made(tmp_path) for _ in range(300)]
        finally:
            has_made_all.set()
        assert [each.result() for each in swept] == [None, None]
    assert len(_names(tmp_path)) == 300
    assert all(each.remove() for each in groups)


def test_a_name_tells_nothing_of_its_maker(tmp_path: Path) -> None:
    groups = [_made(tmp_path) for _ in range(3)]
    assert len(set(_names(tmp_path))) == 3
    assert all(re.fullmatch(r"daytona-validate-[0-9a-f]{16}", each) for each in _names(tmp_path))
    assert all(each.remove() for each in groups)


@pytest.mark.parametrize(("kind", "file"), [("cpuacct", "tasks"), ("unified", "cgroup.procs")])
def test_a_command_joins_and_is_then_what_was_asked_for(
    tmp_path: Path, kind: str, file: str
) -> None:
    (tmp_path / file).touch()
    argv = Cgroup({kind: tmp_path}).joining_argv()
    said = subprocess.check_output([*argv, "printf", "<%s>", "a  b", "", "*"], text=True)
    assert (said, (tmp_path / file).read_text()) == ("<a  b><><*>", "0\n")


def test_who_cannot_join_says_nothing(tmp_path: Path) -> None:
    argv = Cgroup({"cpuacct": tmp_path / "absent"}).joining_argv()
    ran = subprocess.run([*argv, "echo", "here"], capture_output=True, check=True)
    assert (ran.stdout, ran.stderr) == (b"here\n", b"")
    assert not Cgroup({"cpuacct": tmp_path / "absent"}).holds(1)
    assert not Cgroup({"cpuacct": tmp_path / "absent"}).holds(2**22 + 1)


def test_without_groups_nothing_is_put_before_a_command() -> None:
    assert Cgroup({}).joining_argv() == ()
    assert Cgroup({}).holds(1)


_PRINTS = Jail(argv=("cat", "/proc/self/cgroup"), limits=Limits())


@pytest.mark.jail
async def test_a_jail_that_cannot_join_by_itself_is_put_in(jail_runner: JailRunner) -> None:
    """Where root has no chroot that it can trust: the jail then reads a name that tells nothing."""
    if not (jail_runner._cgroups.kinds and jail_runner._host.bubblewrap.dropping_argv):
        pytest.skip("only where root makes control groups")
    bubblewrap = replace(jail_runner._host.bubblewrap, dropping_argv=())
    runner = JailRunner(replace(jail_runner._host, bubblewrap=bubblewrap), jail_runner._cgroups)
    step = await runner.run(_PRINTS, timeout_s=20)
    paths = {line.rpartition(":")[2] for line in step.stdout.decode().splitlines()}
    (name,) = paths - {"/"}
    assert re.fullmatch(r"/daytona-validate-[0-9a-f]{16}", name)
    assert not step.usage.is_estimated


class _Heavy(Cgroup):
    """Groups in which it took 100 s of a processor to make the jail."""

    def account(self) -> Account:
        """Return what was used, that included."""
        used = super().account()
        return replace(used, cpu_s=100.0 + (used.cpu_s or 0.0))


class _HeavyGroups(Cgroups):
    def make(self, limits: Limits) -> Cgroup:
        """Return one of those."""
        group = super().make(limits)
        group.__class__ = _Heavy
        return group


@pytest.mark.jail
async def test_what_it_takes_to_make_a_jail_is_not_its_programs(jail_runner: JailRunner) -> None:
    runner = JailRunner(jail_runner._host, _HeavyGroups(jail_runner._cgroups.places))
    jail = Jail(argv=("true",), limits=Limits(), before=(SetupCommand(Stage.SETUP, ("true",), 9),))
    for step in await runner.run_all(jail, timeout_s=20):
        assert step.usage.cpu_s is not None
        assert step.usage.cpu_s < 50

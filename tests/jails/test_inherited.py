"""What a jail would inherit is set, from outside or, where that is refused, by a program."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from daytona_validate._jails.inherited import (
    NICER,
    RLIMITS,
    InheritedRlimits,
    be_nicer,
    bounding_argv,
    inherited_rlimits,
    may_bound_a_child,
    not_from_outside,
    set_rlimits,
)
from daytona_validate._jails.privileges import is_roots_own
from daytona_validate._models import Step

_SAYS = f"import resource; print([resource.getrlimit(each) for each in {[*RLIMITS]}])"
_WAITS = "input()\n" + _SAYS
_NAMES = (
    *("core file size", "realtime priority", "nice priority"),
    *("locked memory", "pending signals", "msgqueue size"),
)
"""Of those in `RLIMITS`, as the kernel has them."""


def test_they_are_set_for_another_process() -> None:
    with subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _WAITS], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        set_rlimits(child.pid)
        said, _ = child.communicate(b"\n")
    assert said.decode().strip() == str(_least())


def test_they_may_be_set_for_a_child_that_is_still_our_users() -> None:
    assert may_bound_a_child()


@pytest.mark.jail
async def test_a_jail_has_them(shell: Callable[..., Awaitable[Step]]) -> None:
    """By whichever way this host offers."""
    said = (await shell("cat /proc/self/limits")).stdout.decode()
    found = [re.search(rf"^Max {name} +(\d+) +(\d+)", said, re.MULTILINE) for name in _NAMES]
    assert [each and (int(each[1]), int(each[2])) for each in found] == _least()


def test_a_program_sets_the_same_before_another() -> None:
    argv = bounding_argv()
    if argv:  # util-linux has it, busybox does not
        said = subprocess.check_output([*argv, sys.executable, "-I", "-S", "-c", _SAYS])
        assert said.decode().strip() == str(_least())


def test_only_a_program_of_roots_is_trusted(tmp_path: Path) -> None:
    own = tmp_path / "prlimit"
    own.write_text("#!/bin/sh\n")
    own.chmod(0o777)
    assert not is_roots_own(own)
    assert bounding_argv(places=[own]) == ()


@pytest.mark.parametrize(
    ("uid", "rights", "from_outside"),
    [
        ("0\t0", "000001ffffffffff", True),
        ("0\t0", "000001fffeffffff", False),
        ("1000\t0", "0000000000000000", False),
        ("1000\t1000", "0000000000000000", True),
    ],
    ids=["root", "root of a container", "root by a program of root's", "a plain user"],
)
def test_only_root_without_the_right_may_not_set_them(
    uid: str, rights: str, *, from_outside: bool
) -> None:
    status = f"Name:\ta: b\nUid:\t{uid}\t0\t0\nCapEff:\t{rights}\nno field\n"
    assert inherited_rlimits(status).are_set_from_outside is from_outside


def test_the_first_process_bounds_a_core_only_if_nobody_else_does() -> None:
    assert InheritedRlimits().core_blocks is None
    assert not_from_outside().core_blocks in (None, 0)
    assert InheritedRlimits(are_set_from_outside=False).core_blocks == 0


def test_it_is_nicer_where_nothing_else_shares_the_processors(tmp_path: Path) -> None:
    with subprocess.Popen(["/bin/sleep", "60"]) as child:
        before = os.getpriority(os.PRIO_PROCESS, child.pid)
        (grouped := tmp_path / "grouped").write_text("1\n")
        be_nicer(child.pid, grouped=grouped)
        assert os.getpriority(os.PRIO_PROCESS, child.pid) == before
        be_nicer(child.pid, grouped=tmp_path / "absent")
        assert os.getpriority(os.PRIO_PROCESS, child.pid) == min(19, before + NICER)
        child.kill()


def _least() -> list[tuple[int, int]]:
    hards = {each: resource.getrlimit(each)[1] for each in RLIMITS}
    bounds = [
        most if hards[each] == resource.RLIM_INFINITY else min(most, hards[each])
        for each, most in RLIMITS.items()
    ]
    return [(each, each) for each in bounds]

"""Bubblewrap is never root's: what leaves root does it wholly or starts nothing."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from daytona_validate._errors import SandboxLost, SandboxUnavailable
from daytona_validate._jails.bubblewrap import UNPRIVILEGED_IDS, bubblewrap, unprivileged_ids
from daytona_validate._jails.cgroups import Cgroups
from daytona_validate._jails.jail import Jail
from daytona_validate._jails.privileges import (
    PLACES,
    chroot_argv,
    dropping_argv,
    has_dropped,
    is_only,
    is_roots_own,
    is_shut_in,
    only_root_writes,
    status_of,
)
from daytona_validate._jails.runner import JailRunner
from daytona_validate._jails.self_test import prove
from daytona_validate._models import Limits
from plain_user import PLAIN_USER

IS_ROOT = os.geteuid() == 0
CHROOT = next(filter(is_roots_own, PLACES), None)
SETPRIV = Path("/usr/bin/setpriv")  # takes the right to change ids from root, for tests
only_root = pytest.mark.skipif(not IS_ROOT, reason="only root has something to leave")
with_chroot = pytest.mark.skipif(CHROOT is None, reason="there is no chroot here")
with_setpriv = pytest.mark.skipif(
    IS_ROOT and not SETPRIV.exists(), reason="nothing can take a right from root here"
)

DROPPED = """\
Name:\tsh
Uid:\t7\t7\t7\t7
Gid:\t7\t7\t7\t7
Groups:\t
CapInh:\t0000000000000000
CapPrm:\t0000000000000000
CapEff:\t0000000000000000
CapBnd:\t000001ffffffffff
CapAmb:\t0000000000000000
"""


def test_a_process_that_has_left_everything_is_known() -> None:
    assert has_dropped(DROPPED, 7)
    assert is_only(DROPPED, 7)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Uid:\t7\t7\t7\t7", "Uid:\t0\t0\t0\t0"),
        ("Uid:\t7\t7\t7\t7", "Uid:\t7\t7\t0\t7"),
        ("Uid:\t7\t7\t7\t7", "Uid:\t8\t8\t8\t8"),
        ("Gid:\t7\t7\t7\t7", "Gid:\t0\t0\t0\t0"),
        ("Gid:\t7\t7\t7\t7", "Gid:\t7\t0\t7\t7"),
        ("Groups:\t", "Groups:\t0"),
        ("Uid:", "Gone:"),
        ("Groups:", "Gone:"),
    ],
)
def test_another_id_among_its_ids_is_seen(old: str, new: str) -> None:
    assert not is_only(DROPPED.replace(old, new), 7)
    assert not has_dropped(DROPPED.replace(old, new), 7)


@pytest.mark.parametrize("field", ["CapPrm", "CapEff", "CapAmb"])
def test_a_right_that_is_left_is_seen(field: str) -> None:
    kept = DROPPED.replace(f"{field}:\t0000000000000000", f"{field}:\t0000000000000080")
    assert not has_dropped(kept, 7)
    assert not has_dropped(DROPPED.replace(field, "Gone"), 7)


def test_who_can_gain_a_right_or_call_what_he_likes_is_not_shut_in() -> None:
    bounded = DROPPED.replace("000001ffffffffff", "0" * 16)
    status = f"{bounded}NoNewPrivs:\t1\nSeccomp:\t2\n"
    assert is_shut_in(status, 7)
    assert not is_shut_in(status, 8)
    told = [each for each in status.splitlines() if not each.startswith(("Name", "G"))]
    assert len(told) == 8
    for line in told:
        assert not is_shut_in(status.replace(line, f"{line[:-1]}3"), 7), line
        assert not is_shut_in(status.replace(line, ""), 7), line


def test_root_is_never_what_is_wanted() -> None:
    assert not is_only(DROPPED.replace("7", "0"), 0)
    assert not is_only("", 7)


def test_a_process_that_is_gone_has_no_status() -> None:
    with subprocess.Popen(["/bin/true"]) as ended:
        ended.wait()
    assert status_of(ended.pid) is None
    assert f"Uid:\t{os.getuid()}\t" in str(status_of(os.getpid()))


@pytest.mark.parametrize(
    ("mode", "owner", "is_safe"),
    [
        (0o100755, 0, True),
        (0o40755, 0, True),
        (0o100755, 1000, False),
        (0o100775, 0, False),
        (0o100757, 0, False),
        (0o41777, 0, False),
    ],
)
def test_what_others_could_change_is_not_trusted(mode: int, owner: int, is_safe: bool) -> None:
    assert only_root_writes(os.stat_result((mode, 0, 0, 1, owner, 0, 0, 0, 0, 0))) is is_safe


def test_a_chroot_of_anybodys_is_not_even_tried(tmp_path: Path) -> None:
    """Of root's too, as long as others could replace it: here it stands in /tmp."""
    mark, fake = tmp_path / "mark", tmp_path / "chroot"
    fake.write_text(f"#!/bin/sh\n: >{mark}\n")
    fake.chmod(0o755)
    assert dropping_argv(PLAIN_USER, places=[fake, tmp_path, tmp_path / "missing"]) == ()
    assert not mark.exists()


def test_what_does_not_drop_is_not_taken() -> None:
    """`true` accepts all options and starts nothing, as `env` refuses them."""
    for program in (Path("/bin/true"), Path("/bin/env")):
        assert is_roots_own(program)
        assert dropping_argv(PLAIN_USER, places=[program]) == ()


@only_root
@with_chroot
def test_chroot_is_taken_from_where_only_root_puts_programs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert CHROOT is not None
    assert dropping_argv(PLAIN_USER) == chroot_argv(CHROOT, PLAIN_USER)


def _is_refused(before: list[str]) -> bool:
    """Return whether chroot starts nothing."""
    assert CHROOT is not None
    argv = [*chroot_argv(CHROOT, PLAIN_USER), "/bin/echo", "was started"]
    ran = subprocess.run(
        [*before, *argv], env={}, capture_output=True, text=True, timeout=10, check=False
    )
    assert (ran.returncode == 0) == (ran.stdout == "was started\n"), ran.stderr
    return ran.returncode != 0


@with_chroot
@with_setpriv
@pytest.mark.parametrize("lacking", ["-setuid", "-setgid", "-sys_chroot", "-setuid,-setgid"])
def test_chroot_starts_nothing_where_it_cannot_drop(lacking: str) -> None:
    """With the id of root, but without the right to change it; or as a plain user."""
    assert _is_refused([str(SETPRIV), f"--bounding-set={lacking}"] if IS_ROOT else [])


@only_root
@with_chroot
def test_chroot_starts_what_it_could_drop_for() -> None:
    assert not _is_refused([])


def _runner(like: JailRunner, *, run_as: int, dropping: tuple[str, ...]) -> JailRunner:
    found = like._host
    bubblewrap = replace(found.bubblewrap, run_as=run_as, dropping_argv=dropping, other_ids=())
    return JailRunner(replace(found, bubblewrap=bubblewrap), Cgroups(()))


@only_root
@with_chroot
@with_setpriv
@pytest.mark.jail
async def test_no_jail_is_made_by_a_chroot_that_cannot_drop(jail_runner: JailRunner) -> None:
    assert CHROOT is not None
    number = unprivileged_ids()[0]
    cannot = (str(SETPRIV), "--bounding-set=-setuid", *chroot_argv(CHROOT, number))
    runner = _runner(jail_runner, run_as=number, dropping=cannot)
    with pytest.raises(SandboxLost, match="chroot: failed to set user-ID"):
        await runner.run(Jail(argv=("echo", "ran"), limits=Limits()), timeout_s=5)


@only_root
@with_chroot
@pytest.mark.jail
async def test_nothing_is_let_into_a_jail_of_another_user(jail_runner: JailRunner) -> None:
    """Here of another one without rights: that it is not root's is seen in the same way."""
    assert CHROOT is not None
    wanted, got = unprivileged_ids()[0], UNPRIVILEGED_IDS.stop - 1
    runner = _runner(jail_runner, run_as=wanted, dropping=chroot_argv(CHROOT, got))
    ran: list[bytes] = []
    jail = Jail(argv=("echo", "ran"), limits=Limits())
    with pytest.raises(SandboxUnavailable, match=f"did not get the user {wanted}"):
        await runner.run(jail, timeout_s=5, on_stdout=ran.append)
    assert ran == []
    with pytest.raises(SandboxUnavailable, match=f"did not get the user {wanted}"):
        await prove(runner.run)


@pytest.mark.parametrize("mode", [0o4755, 0o2755])
def test_a_bubblewrap_that_is_roots_whoever_starts_it_is_refused(tmp_path: Path, mode: int) -> None:
    program = tmp_path / "bwrap"
    program.write_text("")
    program.chmod(mode)
    with pytest.raises(SandboxUnavailable, match="set-uid"):
        bubblewrap(tmp_path, find=lambda _: program)

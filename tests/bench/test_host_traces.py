"""What a process leaves on its host is found from outside, whatever kind of thing it is."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from host_traces import Scope, left, left_for_good, traces

FOLDERS = ("own", "cache", "groups/one", "block/loop7/loop")
_WORKER = r"""
import ctypes, fcntl, os, signal, socket, sys, threading

def wait():
    os.write(1, b"done\n")
    sys.stdin.readline()

ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # what is planted stays in this family
wait()
kept = [open("cache/.x.partial", "x"), socket.socket(), os.memfd_create("memory")]
fcntl.flock(kept[0], fcntl.LOCK_EX)
os.mkdir("own/daytona-validate-x")
threading.Thread(target=signal.pause, daemon=True).start()
memory = ctypes.CDLL(None).shmget(0, 4096, 0o1600)
if os.fork() == 0:
    os.setsid()
    if os.fork():
        os._exit(0)
    os.setpgid(0, 0)
    if os.fork() == 0:
        os.write(1, b"planted\n")  # in one piece: its parent writes there too
    signal.pause()
os.wait()
wait()
ctypes.CDLL(None).shmctl(memory, 0, None)
os.killpg(int(open("/proc/self/task/%d/children" % os.getpid()).read()), signal.SIGKILL)
"""


@pytest.fixture
def scope(tmp_path: Path) -> Scope:
    """A host whose lists of mounts, devices and interfaces are files; the rest is this one."""
    for name in FOLDERS:
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "mounts").write_text("21 1 0:20 / /proc rw - proc proc rw\n")
    (tmp_path / "interfaces").write_text("Inter-|\n face |\n    lo: 0 0\n")
    (tmp_path / "groups/one/cgroup.procs").write_text("1\n")
    return Scope(
        ancestor=os.getpid(),
        folders=(tmp_path / "own",),
        caches=(tmp_path / "cache",),
        groups=(tmp_path / "groups",),
        block_devices=tmp_path / "block",
        mounts=tmp_path / "mounts",
        interfaces=tmp_path / "interfaces",
    )


@contextmanager
def _worker(folder: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", _WORKER],
        cwd=folder,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "done\n"
        yield process


def _told(process: subprocess.Popen[str], *answers: str) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("go on\n")
    process.stdin.flush()
    assert sorted(process.stdout.readline() for _ in answers) == sorted(answers)


@pytest.mark.slow
def test_what_a_process_leaves_is_found(scope: Scope, tmp_path: Path) -> None:
    with _worker(tmp_path) as process:
        of_worker = replace(scope, ancestor=process.pid, workers=(process.pid,))
        before = traces(of_worker)
        _told(process, "planted\n", "done\n")
        found = left_for_good(of_worker, before, longest_s=0.0)
        _told(process)
    own = {kind: names.total() for kind, names in found.items()}
    shared = own.pop("System V IPC")  # others may have some as well
    assert shared >= 1
    assert own == {
        "processes": 2,
        "files": 1,
        "cache": 1,
        "descriptors": 3,
        "sockets": 1,
        "threads": 1,
        "locks": 1,
    }


def test_what_the_host_lists_is_found(scope: Scope, tmp_path: Path) -> None:
    before = traces(scope)
    with (tmp_path / "mounts").open("a") as mounts:
        mounts.write("99 1 0:77 / /work rw - tmpfs tmpfs rw\n")
    with (tmp_path / "interfaces").open("a") as interfaces:
        interfaces.write(" veth1: 0 0\n")
    (tmp_path / "block/loop7/loop/backing_file").write_text("/disk (deleted)\n")
    (tmp_path / "groups/one/sandbox").mkdir()
    found = left(before, traces(scope))
    kinds = ("mounts", "network interfaces", "loop devices", "empty control groups")
    assert {each: found[each].total() for each in kinds} == dict.fromkeys(kinds, 1)


def test_what_is_kept_for_an_id_is_not_left_and_what_was_begun_is(
    scope: Scope, tmp_path: Path
) -> None:
    before = traces(scope)
    copies = tmp_path / "cache/postgres/owned-copies"
    (copies / "60923-opt-data").mkdir(parents=True)
    (copies / ".60924-opt-data.partial").mkdir()
    found = left(before, traces(scope))["cache"]
    assert sorted(Path(each).name for each in found) == [
        ".60924-opt-data.partial",
        "owned-copies",
        "postgres",
    ]


def test_what_is_gone_again_in_time_is_not_left(scope: Scope, tmp_path: Path) -> None:
    before = traces(scope)
    leftover = tmp_path / "own" / "folder"
    leftover.mkdir()
    assert "files" in left_for_good(scope, before, longest_s=0.0)
    looks = []

    def look() -> None:
        looks.append(leftover.exists())
        if len(looks) == 2:
            leftover.rmdir()

    assert "files" not in left_for_good(scope, before, longest_s=60.0, first=look)
    assert looks[:2] == [True, True]

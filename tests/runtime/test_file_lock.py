"""A lock of a file is held by whoever took it, and by nobody who inherits from him."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from daytona_validate._runtime.file_lock import FileLock

HOLDER = """
import signal, sys
from pathlib import Path
from daytona_validate._runtime.file_lock import FileLock
lock = FileLock(Path(sys.argv[1]))
print(lock.take(), flush=True)
signal.pause()
"""


def is_free(path: Path) -> bool:
    with FileLock(path) as lock:
        return lock.take()


def test_one_takes_it_and_others_do_not(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with FileLock(path) as lock:
        assert is_free(path)
        assert lock.take()
        assert lock.take()
        assert not is_free(path)
    assert is_free(path)
    lock.close()


def test_many_share_it_and_keep_out_who_wants_it_alone(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with FileLock(path) as one, FileLock(path) as other:
        assert one.take(is_shared=True)
        assert other.take(is_shared=True)
        assert not is_free(path)


@pytest.mark.slow
def test_a_process_that_is_killed_lets_go(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    argv = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "True\n"
        assert not is_free(path)
        holder.send_signal(signal.SIGKILL)
    assert is_free(path)


def test_what_is_executed_inherits_nothing(tmp_path: Path) -> None:
    with FileLock(tmp_path / "lock") as lock:
        assert lock.take()
        listed = subprocess.run(
            ["ls", "-l", "/proc/self/fd"],
            capture_output=True,
            text=True,
            check=True,
            close_fds=False,
        )
    assert str(tmp_path) not in listed.stdout


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
@pytest.mark.parametrize("who_stays", ["parent", "child"])
def test_a_forked_child_neither_lets_go_nor_holds_on(tmp_path: Path, who_stays: str) -> None:
    path = tmp_path / "lock"
    reader, writer = os.pipe()
    lock = FileLock(path)
    assert lock.take()
    child = os.fork()
    if child == 0:
        lock.close()
        lock.__exit__(None, None, None)
        os.write(writer, b"closed")
        signal.pause()
    try:
        assert os.read(reader, 6) == b"closed"
        if who_stays == "parent":
            assert not is_free(path)
            lock.close()
        else:
            lock.leave_behind()  # as the kernel does it where the parent is killed
        assert is_free(path)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(reader)
        os.close(writer)


def test_where_a_file_system_has_no_locks_nothing_stays_open(tmp_path: Path) -> None:
    """As on a network's without a lock service; a descriptor that only names a file has none."""
    lock = FileLock(tmp_path / "lock")
    opened = lock._descriptor
    assert opened is not None
    named = os.open(lock.path, os.O_PATH)
    os.dup2(named, opened)
    os.close(named)
    with pytest.raises(OSError, match="Bad file descriptor"):
        lock.take()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(opened)

"""Measuring and removing trees that somebody has made to be neither measured nor removed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from daytona_validate._emulator.machines.hostile_tree import (
    ENTRY_BYTES,
    MAX_DEPTH,
    UNKNOWN_BYTES,
    remove_tree,
    used_bytes,
)
from daytona_validate._runtime.worker_thread import Stopped, StopSign
from held_here import descriptors

MIB = 1024 * 1024


def _deep(folder: Path, depth: int) -> None:
    """Make folders within folders, deeper than any path can say."""
    here = os.open(folder, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(os.open("file", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(here)


def _used(folder: Path) -> int:
    return used_bytes(folder, StopSign())


def test_what_files_take_is_counted(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "file").write_bytes(bytes(range(256)) * 4096)
    assert MIB <= _used(tmp_path) <= MIB + 64 * 1024


def test_many_small_files_count_as_well(tmp_path: Path) -> None:
    for n in range(100):
        (tmp_path / str(n)).touch()
    assert _used(tmp_path) == 100 * ENTRY_BYTES


def test_a_file_with_two_names_counts_once(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"x" * MIB)
    once = _used(tmp_path)
    for n in range(50):
        (tmp_path / str(n)).hardlink_to(tmp_path / "one")
    assert _used(tmp_path) == once


def test_a_hole_takes_no_room(tmp_path: Path) -> None:
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(1 << 40)
    assert _used(tmp_path) < MIB


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "file").write_bytes(b"x" * MIB)
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "link").symlink_to("../elsewhere")
    (tree / "loop").symlink_to(".")
    assert _used(tree) == 2 * ENTRY_BYTES
    remove_tree(tree)
    assert (tmp_path / "elsewhere" / "file").stat().st_size == MIB
    assert not tree.exists()


def test_what_is_too_deep_counts_as_too_much(tmp_path: Path) -> None:
    _deep(tmp_path, MAX_DEPTH)
    assert _used(tmp_path) < MIB
    remove_tree(tmp_path)
    tmp_path.mkdir()
    _deep(tmp_path, MAX_DEPTH + 1)
    assert _used(tmp_path) >= UNKNOWN_BYTES


@pytest.mark.slow
def test_no_tree_is_too_deep_to_be_removed(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    _deep(tree, 1500)  # more than the stack takes, or the descriptors of most processes
    before = descriptors()
    remove_tree(tree)
    assert not tree.exists()
    assert descriptors() == before


def test_closed_folders_are_measured_left_closed_and_removed(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    closed = tree / "a" / "b"
    closed.mkdir(parents=True)
    (closed / "file").write_bytes(b"x" * MIB)
    closed.chmod(0)
    closed.parent.chmod(0o200)
    assert _used(tree) >= MIB
    assert closed.parent.stat().st_mode & 0o777 == 0o200
    remove_tree(tree)
    assert not tree.exists()


def test_pipes_and_odd_names_are_removed(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    (tree / "removed-0" / "removed-1").mkdir(parents=True)
    (tree / "removed-1").mkdir()
    os.mkfifo(tree / "removed-1" / "fifo")
    (tree / os.fsdecode(b"\xff\n")).write_text("x")
    assert _used(tree) >= 5 * ENTRY_BYTES
    remove_tree(tree)
    assert not tree.exists()


def test_removing_what_is_not_there_does_nothing(tmp_path: Path) -> None:
    remove_tree(tmp_path / "nothing")


def test_a_link_in_the_place_of_the_tree_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "tree").symlink_to("kept")
    for work in (remove_tree, _used):
        with pytest.raises(OSError, match=r"Not a directory|symbolic links"):
            work(tmp_path / "tree")
    assert (tmp_path / "kept").is_dir()


@pytest.mark.slow
def test_what_changes_under_the_eye_leads_nowhere(tmp_path: Path) -> None:
    """A program puts a link in a folder's place, over and over, while it is measured."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_bytes(b"x" * MIB)
    tree = tmp_path / "tree"
    (tree / "d").mkdir(parents=True)
    swapping = (
        "import os, sys\n"
        "os.chdir(sys.argv[1]); print(flush=True)\n"
        "while True:\n"
        "    os.rename('d', 'e'); os.symlink('../outside', 'd'); os.unlink('d')\n"
        "    os.mkdir('d'); os.rmdir('d'); os.rename('e', 'd')\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", swapping, str(tree)], stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        try:
            seen = {_used(tree) for _ in range(3000)}
        finally:
            other.kill()
    assert max(seen) < MIB


def test_measuring_stops_when_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    sign = StopSign()
    sign.show()
    with pytest.raises(Stopped):
        used_bytes(tmp_path, sign)

"""What is counted of a process's memory, from the text that the kernel has of it."""

from __future__ import annotations

import mmap
import os
import subprocess
import sys
from pathlib import Path

import pytest

from daytona_validate._jails.tree_use import (
    FILE_BYTES,
    mapped_bytes,
    own_bytes,
    swapped_bytes,
    tree_use,
)


def _mapping(path: str, *, inode: int = 0, **kib: int) -> str:
    head = f"7f00-7f10 rw-p 00000000 00:01 {inode:<26} {path}\n"
    return head + "".join(f"{name}:  {value:>8} kB\n" for name, value in kib.items())


@pytest.mark.parametrize(
    ("mapping", "kib"),
    [
        (_mapping("", Rss=8, Pss=4, Anonymous=8, SwapPss=2), 6),
        (_mapping("[heap]", Pss=4, Anonymous=4, SwapPss=0), 4),
        (_mapping("/usr/lib/libc.so.6", inode=9, Pss=100, Anonymous=12, SwapPss=0), 12),
        (_mapping("/memfd:x (deleted)", inode=7, Pss=30, Anonymous=0, SwapPss=0), 30),
        (_mapping("/dev/zero (deleted)", inode=8, Pss=50, Anonymous=0, SwapPss=5), 55),
        (_mapping("/SYSV00000000 (deleted)", inode=8, Pss=50, Anonymous=0, SwapPss=0), 50),
        (_mapping("/memfd:x (deleted)", inode=5, Pss=30, Anonymous=0, SwapPss=9), 0),
        (_mapping("/work/a file: of mine", inode=6, Pss=70, Anonymous=0, SwapPss=0), 0),
    ],
    ids=[
        *(
            "private, its part",
            "heap",
            "only what it changed of a library",
            "a file without a name",
        ),
        *("shared", "shared by System V", "counted already", "counted in its folder"),
    ],
)
def test_memory_is_counted_once(mapping: str, kib: int) -> None:
    assert mapped_bytes(mapping, counted={5}) == kib * 1024


def test_all_mappings_count_together() -> None:
    text = _mapping("", Pss=4, SwapPss=0) + _mapping("/dev/zero (deleted)", inode=8, Pss=5)
    assert mapped_bytes(text, counted=()) == 9 * 1024


def test_a_text_that_says_nothing_counts_nothing() -> None:
    assert mapped_bytes("", counted=()) == 0


@pytest.mark.parametrize(
    ("rollup", "kib"),
    [
        ("Pss: 100 kB\nPss_Anon: 8 kB\nPss_File: 88 kB\nPss_Shmem: 4 kB\nSwapPss: 2 kB\n", 14),
        ("7f00-7fff ---p 00000000 00:00 0 [rollup]\nPss: 100 kB\nSwapPss: 2 kB\n", 102),
        ("", 0),
    ],
    ids=["not the files of libraries", "an old kernel, at most", "gone"],
)
def test_a_roll_up_tells_what_it_has_at_most(rollup: str, kib: int) -> None:
    assert own_bytes(rollup) == kib * 1024


_HOLDS = """
import mmap, os
shared = mmap.mmap(-1, 32 << 20)
shared.write(bytes(32 << 20))
unnamed = os.memfd_create("x")
os.write(unnamed, bytes(16 << 20))
mapped = mmap.mmap(unnamed, 16 << 20)
assert mapped.find(b"x") < 0
if not os.fork():
    input()
print("ready", flush=True)
input()
"""


@pytest.mark.slow
def test_a_family_holds_its_shared_memory_once() -> None:
    """Unless too much would have to be read: then a file that is mapped counts twice."""
    with subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _HOLDS], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        use = tree_use(child.pid, (), enough_bytes=0)
        at_most = tree_use(child.pid, (), enough_bytes=0, most_read_bytes=4096)
        child.kill()
        child.communicate()
    assert 48 << 20 <= use.memory_bytes < 64 << 20
    assert 64 << 20 <= at_most.memory_bytes < 80 << 20


_HOLDS_EMPTY = """
import os
for _ in range(900):
    os.memfd_create("x")
print("ready", flush=True)
input()
"""


@pytest.mark.slow
def test_files_without_names_count_even_if_they_are_empty() -> None:
    held = list[int]()
    for code in (_HOLDS_EMPTY.replace("900", "0"), _HOLDS_EMPTY):
        with subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == b"ready\n"
            held.append(tree_use(child.pid, (), enough_bytes=1 << 60).memory_bytes)
            child.kill()
            child.communicate()
    assert held[1] - held[0] > 600 * FILE_BYTES  # both have the same libraries and heap


def test_a_process_that_is_gone_holds_nothing() -> None:
    with subprocess.Popen(["/bin/true"]) as child:
        child.wait()
        assert tree_use(child.pid, ("/",), enough_bytes=0).memory_bytes == 0


@pytest.mark.parametrize(
    ("meminfo", "used"),
    [
        ("MemTotal:  9 kB\nSwapTotal:  100 kB\nSwapFree:  40 kB\nHugePages_Total: 0\n", 60 << 10),
        ("MemTotal:  9 kB\nSwapTotal:  0 kB\nSwapFree:  0 kB\n", 0),
        ("", 0),
    ],
    ids=["some", "none", "a kernel without"],
)
def test_what_the_host_has_swapped_out(meminfo: str, used: int) -> None:
    assert swapped_bytes(meminfo) == used


@pytest.mark.slow
def test_what_is_resident_is_not_enough_to_know_where_memory_is_swapped_out(tmp_path: Path) -> None:
    """It may be this tree's, which is then looked at in detail: libraries are not its memory."""
    meminfo, uses = tmp_path / "meminfo", list[int]()
    with subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", "print('ready', flush=True); input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"  # before, it has no library yet
        for swapped_kib in (0, 1 << 30):
            meminfo.write_text(f"SwapTotal: {1 << 30} kB\nSwapFree: {(1 << 30) - swapped_kib} kB\n")
            use = tree_use(child.pid, (), enough_bytes=1 << 30, meminfo=meminfo)
            uses.append(use.memory_bytes)
        child.kill()
    assert uses[0] > uses[1] > 0


def test_files_are_counted_where_they_are_in_memory() -> None:
    here = os.statvfs("/dev/shm")
    files = here.f_files - here.f_ffree
    use = tree_use(os.getpid(), ("/dev/shm",), enough_bytes=1 << 60)
    assert abs(use.files - files) < 1000
    assert use.memory_bytes >= FILE_BYTES * use.files + mmap.PAGESIZE

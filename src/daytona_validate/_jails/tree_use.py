"""Memory and files that a jail's tree of processes holds; reads `/proc`, and decides nothing.

For where no control group counts them. Memory is what such a group would count, but for most of
the kernel's own: private memory, shared memory once, and files that lie in memory, those without a
name included. What is not seen: shared memory to which no descriptor leads, and of which the pages
are given up; but who may look at what is mapped (`mapped_memory`) sees it too.
"""

from __future__ import annotations

import os
import resource
import stat
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from daytona_validate._jails.jail_tree import processes
from daytona_validate._jails.mapped_memory import SHARED, mapped_memory

FILE_BYTES = 1024
"""What an empty file takes of the kernel's memory (Linux 6.18: 1,020 bytes)."""
MOST_READ_BYTES = 8 << 20
"""Of the `smaps` of a tree: some 12,000 mappings, in 0.1 s. A process may have 65,530, whose text
alone would keep the watcher of all jails for more than half a second."""
_ROLLUP_BYTES = 4096
_PAGE_BYTES = resource.getpagesize()
_BLOCK_BYTES = 512
_KIB = 1024
_MEMINFO = Path("/proc/meminfo")


@dataclass(frozen=True, slots=True)
class TreeUse:
    """Resource usage of a tree of processes at one moment."""

    memory_bytes: int = 0
    """At most; what it is just, if that is more than asked for."""
    files: int = 0
    """In the folders in memory that it may write to."""
    stored_bytes: int = 0
    """Of files in memory, which are in those folders, or have no name and were looked at."""
    is_all_seen: bool = True
    """Whether it can have no shared memory besides, but what only sockets hold."""


def tree_use(
    first: int,
    folders: Iterable[str],
    *,
    enough_bytes: int,
    unseen_bytes: int = 0,
    most_read_bytes: int = MOST_READ_BYTES,
    meminfo: Path = _MEMINFO,
) -> TreeUse:
    """Look at a process and its descendants; 0.2 ms for each, so not in the event loop.

    Args:
        first: Its pid.
        folders: Where file systems in memory are mounted, as the process sees them.
        enough_bytes: Up to so much an upper bound of its memory will do, which is cheap to have.
        unseen_bytes: So much shared memory it may have at most that neither its descriptors nor its
            page tables tell of.
        most_read_bytes: Of what the kernel tells of their mappings, one by one.
        meminfo: The host's.
    """
    pids = [int(each.name) for each in processes(Path("/proc", str(first)))]
    folder_bytes, files, devices = _stored(f"/proc/{first}/root", folders)
    unnamed = _unnamed(pids, devices)
    resident_bytes = sum(map(_resident_bytes, pids))
    mapped: dict[tuple[int, int], int] | None = {}
    if unseen_bytes + resident_bytes + folder_bytes + sum(unnamed.values()) > enough_bytes:
        mapped = mapped_memory(pids, _inodes(unnamed), most_read_bytes=most_read_bytes)
    unnamed |= mapped or {}
    stored_bytes = folder_bytes + sum(unnamed.values()) + FILE_BYTES * (files + len(unnamed))
    most_bytes = stored_bytes + resident_bytes
    # What is swapped out is not resident, and may all be theirs.
    if most_bytes + _swapped_bytes(meminfo) > enough_bytes:
        own_bytes_of = partial(_own_bytes, counts_shared=not mapped)
        most_bytes = stored_bytes + sum(map(own_bytes_of, pids))
        if most_bytes > enough_bytes:
            seen_bytes = _mapped_bytes(pids, _inodes(unnamed), most_read_bytes, own_bytes_of)
            most_bytes = min(most_bytes, stored_bytes + seen_bytes)
    return TreeUse(most_bytes, files, stored_bytes, is_all_seen=mapped is not None)


def written_bytes(pid: int) -> int:
    """Return what lies in the file system of a jail's root, where its overlays keep changes.

    Bubblewrap sets no bound to it (0.11).

    Args:
        pid: Of a process in the jail.
    """
    with suppress(OSError):
        system = os.statvfs(f"/proc/{pid}/root")
        return (system.f_blocks - system.f_bfree) * system.f_frsize
    return 0


def has_own_root(pid: int) -> bool:
    """Return whether a process has a root folder that is not ours, as a jail that is made has."""
    with suppress(OSError):
        return not Path(f"/proc/{pid}/root").samefile("/")
    return False


def _stored(root: str, folders: Iterable[str]) -> tuple[int, int, set[int]]:
    """Return the bytes and the number of files in file systems, and their devices."""
    found: dict[int, tuple[int, int]] = {}
    for folder in folders:
        with suppress(OSError):
            system = os.statvfs(root + folder)
            used_bytes = (system.f_blocks - system.f_bfree) * system.f_frsize
            device = Path(root + folder).stat().st_dev
            found[device] = (used_bytes, system.f_files - system.f_ffree)
    each_bytes, each_files = zip(*found.values(), strict=True) if found else ((), ())
    return sum(each_bytes), sum(each_files), set(found)


def _unnamed(pids: Iterable[int], devices: Collection[int]) -> dict[tuple[int, int], int]:
    """Return the bytes of files without a name that are held open, elsewhere than on devices."""
    found: dict[tuple[int, int], int] = {}
    for pid in pids:
        for state in _open_files(pid):
            is_unnamed = stat.S_ISREG(state.st_mode) and not state.st_nlink
            if is_unnamed and state.st_dev not in devices:
                found[state.st_dev, state.st_ino] = state.st_blocks * _BLOCK_BYTES
    return found


def _inodes(files: Iterable[tuple[int, int]]) -> set[int]:
    return {inode for _, inode in files}


def _open_files(pid: int) -> Iterator[os.stat_result]:
    with suppress(OSError), _folder(f"/proc/{pid}/fd") as folder:
        for name in os.listdir(folder):  # noqa: PTH208 - as below
            with suppress(OSError):
                yield os.stat(name, dir_fd=folder)


@contextmanager
def _folder(path: str) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _swapped_bytes(meminfo: Path) -> int:
    """Return how much of the host's memory is swapped out, whoever has it."""
    with suppress(OSError):
        return swapped_bytes(meminfo.read_text())
    return 0


def swapped_bytes(meminfo: str) -> int:
    """Return the same, from the text of `/proc/meminfo`; pure."""
    kib = {line.partition(":")[0]: line.split()[1] for line in meminfo.splitlines() if ":" in line}
    return (int(kib.get("SwapTotal", 0)) - int(kib.get("SwapFree", 0))) * _KIB


def _resident_bytes(pid: int) -> int:
    with suppress(OSError, ValueError, IndexError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE_BYTES
    return 0


def _own_bytes(pid: int, *, counts_shared: bool) -> int:
    text = _text(pid, "smaps_rollup", _ROLLUP_BYTES)
    return own_bytes(text, counts_shared=counts_shared) if text else _resident_bytes(pid)


def own_bytes(rollup: str, *, counts_shared: bool = True) -> int:
    """Return a process's part of private and shared memory, swapped memory included; pure.

    Args:
        rollup: The text of its `smaps_rollup`.
        counts_shared: Whether shared memory counts: then all of it does, files in memory and what
            is counted elsewhere included.
    """
    lines = (line.split() for line in rollup.splitlines())
    kib = {fields[0]: int(fields[1]) for fields in lines if len(fields) == 3}  # noqa: PLR2004 - with a unit
    private_kib = kib.get("Pss_Anon:", kib.get("Pss:", 0))  # one figure for both before Linux 5.3
    shared_kib = kib.get("Pss_Shmem:", 0) if counts_shared else 0
    return (private_kib + shared_kib + kib.get("SwapPss:", 0)) * _KIB


def _mapped_bytes(
    pids: Iterable[int],
    counted: Collection[int],
    left_bytes: int,
    own_bytes_of: Callable[[int], int],
) -> int:
    """Return what processes have of private and unnamed shared memory, swapped memory included.

    Args:
        pids: The processes.
        counted: Inodes of shared memory that is counted already.
        left_bytes: How much text may be read; then what their roll-ups have will do.
        own_bytes_of: Returns that of one process.
    """
    found_bytes = 0
    for pid in pids:
        text = _text(pid, "smaps", left_bytes)
        left_bytes -= len(text)
        is_whole = text and left_bytes > 0
        found_bytes += mapped_bytes(text, counted) if is_whole else own_bytes_of(pid)
    return found_bytes


def _text(pid: int, name: str, most_bytes: int) -> str:
    """Return at most so much of what `/proc` has of a process; empty: it is gone, or closed."""
    with suppress(OSError), Path(f"/proc/{pid}", name).open("rb") as file:
        return file.read(max(0, most_bytes)).decode("latin-1")
    return ""


def mapped_bytes(smaps: str, counted: Collection[int]) -> int:
    """Return the same of one process, from the text of its `smaps`; pure.

    Of what several processes have mapped each has its part (Pss), so that the sum is right.
    """
    found_kib = 0
    key = ""
    for line in smaps.splitlines():
        name, _, rest = line.partition(":")
        if " " in name:  # the head of a mapping: addresses, rights, offset, device, inode, path
            key = _counted_as(line.split(None, 5), counted)
        elif name == key or (name == "SwapPss" and key):
            found_kib += int(rest.split()[0])
    return found_kib * _KIB


def _counted_as(head: list[str], counted: Collection[int]) -> str:
    """Return the field that tells what of a mapping is memory of the program's; empty: none."""
    inode, path = int(head[4]), head[5] if len(head) > 5 else ""  # noqa: PLR2004 - the path
    if not inode:
        return "Pss"
    if path.startswith(SHARED):
        return "" if inode in counted else "Pss"
    return "Anonymous"  # a file's pages that the program has changed for itself

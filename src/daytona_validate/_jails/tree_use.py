"""Memory and files that a jail's tree of processes holds; reads `/proc`, and decides nothing.

For where no control group counts them. Memory is what such a group would count, but for most of
the kernel's own: private memory, shared memory once, and files that lie in memory, those without a
name included. What is not seen: shared memory that a program has filled, of which nothing is mapped
any more, and to which no descriptor leads.
"""

from __future__ import annotations

import os
import resource
import stat
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from daytona_validate._jails.jail_tree import processes

FILE_BYTES = 1024
"""What an empty file takes of the kernel's memory (Linux 6.18: 1,020 bytes)."""
_PAGE_BYTES = resource.getpagesize()
_BLOCK_BYTES = 512
_KIB = 1024
_SHARED = ("/memfd:", "/dev/zero", "/SYSV", "/anon_hugepage")
"""How the path of a mapping begins that is shared memory without a name in any folder."""


@dataclass(frozen=True, slots=True)
class TreeUse:
    """Resource usage of a tree of processes at one moment."""

    memory_bytes: int = 0
    """At most; what it is just, if that is more than asked for."""
    files: int = 0
    """In the folders in memory that it may write to."""


def tree_use(first: int, folders: Iterable[str], *, enough_bytes: int) -> TreeUse:
    """Look at a process and its descendants; 0.2 ms for each, so not in the event loop.

    Args:
        first: Its pid.
        folders: Where file systems in memory are mounted, as the process sees them.
        enough_bytes: Up to so much an upper bound of its memory will do, which is cheap to have.
    """
    pids = [int(each.name) for each in processes(Path("/proc", str(first)))]
    stored_bytes, files, devices = _stored(f"/proc/{first}/root", folders)
    stored_bytes += FILE_BYTES * files
    unnamed = _unnamed(pids, devices)
    stored_bytes += sum(unnamed.values())
    most_bytes = stored_bytes + sum(map(_resident_bytes, pids))
    if most_bytes > enough_bytes:
        inodes = {inode for _, inode in unnamed}
        most_bytes = stored_bytes + sum(_mapped_bytes(pid, inodes) for pid in pids)
    return TreeUse(most_bytes, files)


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


def _open_files(pid: int) -> Iterator[os.stat_result]:
    with suppress(OSError):
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                yield descriptor.stat()


def _resident_bytes(pid: int) -> int:
    with suppress(OSError, ValueError, IndexError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE_BYTES
    return 0


def _mapped_bytes(pid: int, counted: Collection[int]) -> int:
    """Return a process's part of private and unnamed shared memory, swapped memory included.

    Args:
        pid: The process.
        counted: Inodes of shared memory that is counted already.
    """
    try:
        text = Path(f"/proc/{pid}/smaps").read_text(errors="replace")
    except OSError:
        return 0
    return mapped_bytes(text, counted)


def mapped_bytes(smaps: str, counted: Collection[int]) -> int:
    """Return the same of the text of a process's `smaps`; pure.

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
    if path.startswith(_SHARED):
        return "" if inode in counted else "Pss"
    return "Anonymous"  # a file's pages that the program has changed for itself

"""Shared memory without a name that a tree has mapped, whatever it has of it in its page tables.

A program can fill such memory and give up the pages (`madvise`), or unmap all but one of them:
then no process has them, and the kernel keeps them all. How many there are is told by the file
behind the mapping, at which those may look who have CAP_SYS_ADMIN or, since Linux 5.9,
CAP_CHECKPOINT_RESTORE, on the host and not in a user namespace. To all others such a mapping says
only that there may be more.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from pathlib import Path

SHARED = ("/memfd:", "/dev/zero", "/SYSV", "/anon_hugepage")
"""How the path of a mapping begins that is shared memory without a name in any folder."""
_BLOCK_BYTES = 512


def mapped_memory(
    pids: Iterable[int], counted: Collection[int], *, most_read_bytes: int
) -> dict[tuple[int, int], int] | None:
    """Return what processes have mapped of it, all that each holds; 0.1 ms for 100 mappings.

    Args:
        pids: The processes.
        counted: Inodes of shared memory that is counted already, and left out.
        most_read_bytes: Of what the kernel tells of their mappings.

    Returns:
        Bytes by device and inode. None: not all of it could be looked at.
    """
    found: dict[tuple[int, int], int] = {}
    known = set(counted)
    for pid in pids:
        text = _maps(pid, most_read_bytes)
        most_read_bytes -= len(text or "")
        if text is None or most_read_bytes <= 0:
            return None
        for inode, addresses in unnamed_mappings(text).items():
            if inode in known:
                continue
            try:
                state = os.stat(f"/proc/{pid}/map_files/{addresses}")  # noqa: PTH116 - there may be thousands
            except OSError:  # if it just moved, it may be one that is looked for in vain each time
                return None
            known.add(inode)
            found[state.st_dev, state.st_ino] = state.st_blocks * _BLOCK_BYTES
    return found


def unnamed_mappings(maps: str) -> dict[int, str]:
    """Return the addresses of one mapping of each shared memory without a name; pure.

    Args:
        maps: The text of a process's `maps`; its last line may be cut off.

    Returns:
        By inode.
    """
    found: dict[int, str] = {}
    for line in maps.splitlines():
        if " /" not in line:
            continue
        addresses, _, _, _, inode, path = line.split(None, 5)
        if path.startswith(SHARED):
            found[int(inode)] = _as_named(addresses)
    return found


def _as_named(addresses: str) -> str:
    """Return what `map_files` calls a mapping: without the zeros that `maps` has in front."""
    first, _, end = addresses.partition("-")
    return f"{int(first, 16):x}-{int(end, 16):x}"


def _maps(pid: int, most_bytes: int) -> str | None:
    """Return at most so much of what a process has mapped; None: we may not know."""
    try:
        with Path(f"/proc/{pid}/maps").open("rb") as file:
            return file.read(max(0, most_bytes)).decode("latin-1")
    except (FileNotFoundError, ProcessLookupError):  # it is gone
        return ""
    except OSError:
        return None

"""Descriptors on their way through the sockets of a jail's tree.

What they lead to nobody sees, and it may be memory without end: files without a name. The kernel
tells only how many there are (`scm_fds`, since Linux 5.6), and of all the host's shared memory
together how much there is.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from daytona_validate._jails.host_text import text_of
from daytona_validate._jails.jail_tree import processes

MEMINFO = Path("/proc/meminfo")
_IN_FLIGHT = re.compile(r"^scm_fds:\s*([1-9]\d*)$", re.MULTILINE)
_SHARED = re.compile(r"^Shmem:\s*(\d+) kB$", re.MULTILINE)
_KIB = 1024


def has_descriptors_in_flight(first: int) -> bool:
    """Return whether a socket of a tree has descriptors that were sent and not yet received.

    It takes some 20 µs for each socket. A socket that is itself on its way counts by the one in
    which it lies, and what nobody has accepted yet by who listens.

    Args:
        first: The pid of its first process.
    """
    return any(
        _IN_FLIGHT.search(text_of(Path(f"/proc/{pid}/fdinfo/{name}")))
        for pid, name in _sockets(each.name for each in processes(Path("/proc", str(first))))
    )


def hosts_shared_bytes(meminfo: Path = MEMINFO) -> int:
    """Return how much shared memory all programs of the host have, files in memory included."""
    found = _SHARED.search(text_of(meminfo))
    return int(found[1]) * _KIB if found else 0


def _sockets(pids: Iterator[str]) -> Iterator[tuple[str, str]]:
    """Yield each socket once, by a process and its descriptor."""
    known = set[int]()
    for pid in pids:
        folder = f"/proc/{pid}/fd"
        with suppress(OSError):
            for name in os.listdir(folder):  # noqa: PTH208 - there may be thousands
                with suppress(OSError):
                    state = os.stat(f"{folder}/{name}")  # noqa: PTH116 - as above
                    if stat.S_ISSOCK(state.st_mode) and state.st_ino not in known:
                        known.add(state.st_ino)
                        yield pid, name

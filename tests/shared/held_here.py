"""What this process holds of the host: to be the same before and after."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import suppress
from pathlib import Path


def children() -> set[int]:
    """Return the pids of this process's children, zombies included."""
    found: set[int] = set()
    for task in Path("/proc/self/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # a thread that has ended
            found |= {int(pid) for pid in (task / "children").read_text().split()}
    return found


def living_children() -> set[int]:
    """Return the pids of this process's children without zombies: every jail is one."""
    return {pid for pid in children() if _lives(pid)}


def _lives(pid: int) -> bool:
    try:
        state = Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def cgroups() -> list[str]:
    """Return the control groups that this process made for jails: it holds them until they go."""
    found = (os.path.basename(path) for path in open_here())  # noqa: PTH119 - no path, but a name
    return sorted(name for name in found if name.startswith("daytona-validate-"))


def open_here() -> Counter[str]:
    """Return what the descriptors are of; a socket or pipe has a name that no other has."""
    found = Counter[str]()
    for each in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # of this listing, or closed by a thread
            found[str(each.readlink())] += 1
    return found


def descriptors() -> int:
    """Return how many descriptors are open, beside those of copies that a process holds to its end.

    The first sandbox of a process takes them, whichever test starts it.
    """
    return sum(1 for each in Path("/proc/self/fd").iterdir() if not _is_of_a_copy(each))


def _is_of_a_copy(descriptor: Path) -> bool:
    with suppress(FileNotFoundError):  # the one that lists them
        return str(descriptor.readlink()).endswith(".used")
    return False

"""Control groups: limits on what a jail's whole tree uses, and an account of it.

They are used where this process may write them. Elsewhere only per-process bounds hold: each
process of a jail may then use `memory_mib`, their sum and shared memory are watched
(`tree_watch.py`), and CPU time and memory are estimated.
"""

from __future__ import annotations

import itertools
import os
import re
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Self

from daytona_validate._jails.cgroup import Cgroup
from daytona_validate._jails.cgroup_places import UNIFIED, CgroupPlace, places
from daytona_validate._models import Limits

_NAME = re.compile(r"daytona-validate-(\d+)-(\d+)-(\d+)-\d+\Z")
_numbers = itertools.count()


class Cgroups:
    """Factory of control groups, and the folders of this host where they are made."""

    def __init__(self, found: tuple[CgroupPlace, ...]) -> None:
        self._places = found
        self.kinds = frozenset(place.kind for place in found)
        """Controllers of the first version, or `UNIFIED`; empty where no group can be made."""
        self.counts_memory = bool(self.kinds & {"memory", UNIFIED})
        self.counts_cpu = bool(self.kinds & {"cpuacct", UNIFIED})
        self.counts_processes = bool(self.kinds & {"pids", UNIFIED})

    @classmethod
    def find(cls, limits: Limits) -> Self:
        """Try each place with a group made and removed at once, and sweep what was left there.

        Args:
            limits: Any limits, to see that they can be set.
        """
        with suppress(OSError):
            mountinfo = Path("/proc/self/mountinfo").read_text()
            own = Path("/proc/self/cgroup").read_text()
            found: dict[str, CgroupPlace] = {}
            for place in places(mountinfo, own):
                if place.kind not in found and _serves(place, limits):
                    _sweep(place.parent)
                    found[place.kind] = place
            return cls(tuple(found.values()))
        return cls(())

    def make(self, limits: Limits) -> Cgroup:
        """Make the groups of one jail. Raises OSError."""
        name = _name(os.getpid())
        folders = {place.kind: Path(place.parent, name) for place in self._places}
        group = Cgroup(folders)
        try:
            for folder in folders.values():
                folder.mkdir()
            group.limit(limits)
        except OSError:
            group.remove()
            raise
        return group


def _serves(place: CgroupPlace, limits: Limits) -> bool:
    try:
        group = Cgroups((place,)).make(limits)
    except OSError:  # read-only, not ours, or its controllers are not handed down
        return False
    return group.remove()


def _sweep(parent: str) -> None:
    """Remove groups whose makers are dead: those of a process that was killed."""
    for folder in Path(parent).iterdir():
        match = _NAME.match(folder.name)
        if match is None or match[1] != _pid_namespace():
            continue  # another container's processes cannot be seen from here
        if _start_time(int(match[2])) != match[3]:
            with suppress(OSError):  # its jail is still dying: the next start will do
                folder.rmdir()


def _pid_namespace() -> str:
    return str(Path("/proc/self/ns/pid").readlink()).removeprefix("pid:[").removesuffix("]")


@cache
def _owner(pid: int) -> str:
    return f"{_pid_namespace()}-{pid}-{_start_time(pid)}"


def _name(pid: int) -> str:
    return f"daytona-validate-{_owner(pid)}-{next(_numbers)}"


def _start_time(pid: int) -> str | None:
    """Return when a process was started, which with its pid names it for good; None: none is."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    return stat.rpartition(")")[2].split()[19]

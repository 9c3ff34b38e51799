"""How many processes the kernel ended for want of memory, of those that jails are among.

A jail without a group of its own that counts memory is in the group of this process, and each
group counts its own processes that were ended, whoever's want of memory it was. So what other
containers and services of the host lose is not taken for the jail's. Where no such count can be
had, that of the whole host is taken, which errs towards no verdict.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from daytona_validate._jails.cgroup_places import UNIFIED, own_paths, places
from daytona_validate._jails.host_text import text_of

VMSTAT = Path("/proc/vmstat")
_OWN_GROUPS, _MOUNTS = Path("/proc/self/cgroup"), Path("/proc/self/mountinfo")
_KEY = "oom_kill"
_COUNTS = {"memory": "memory.oom_control", UNIFIED: "memory.events"}
"""The file of a group that has the count, by version."""


@dataclass(frozen=True, slots=True)
class OwnOoms:
    """Counter of the processes that the kernel ended, in this process's group or on the host."""

    count: Path | None = None
    """The file of the group; None: the host's is read."""
    groups: str = ""
    """The groups of this process when it was found."""
    own_groups: Path = _OWN_GROUPS
    vmstat: Path = VMSTAT

    def so_far(self) -> int:
        """Return the count; of the whole host once this process is in another group."""
        if self.count is not None and text_of(self.own_groups) == self.groups:
            own = number_of(self.count, _KEY)
            if own is not None:
                return own
        return number_of(self.vmstat, _KEY) or 0


def own_ooms() -> OwnOoms:
    """Find the counter of this process's group."""
    groups = text_of(_OWN_GROUPS)
    for each in counts(text_of(_MOUNTS), groups):
        if number_of(Path(each), _KEY) is not None:
            return OwnOoms(Path(each), groups)
    return OwnOoms()


def counts(mountinfo: str, own_cgroups: str) -> Iterator[str]:
    """Yield the files that may have the count of our group, the first one that is there; pure.

    In the second version a group without the controller is counted in the next one above that has
    it. The root of all groups has no such file there, and in the first version one that is not
    relied on: nobody has seen it count.

    Args:
        mountinfo: The text of `/proc/self/mountinfo`.
        own_cgroups: The text of `/proc/self/cgroup`.
    """
    own = own_paths(own_cgroups)
    kind = "memory" if "memory" in own else UNIFIED
    if kind == "memory" and own[kind] == "/":
        return
    for place in places(mountinfo, own_cgroups):
        if place.kind == kind:
            yield f"{place.parent}/{_COUNTS[kind]}"


def number_of(path: Path | str, key: str) -> int | None:
    """Return the number of a key in a file, or the only number in it; None if it is not there."""
    for line in text_of(path).splitlines():
        name, _, number = line.rpartition(" ")
        if name == key:
            return int(number)
    return None

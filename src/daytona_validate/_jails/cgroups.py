"""Control groups: limits on what a jail's whole tree uses, and an account of it.

They are used where this process may write them. Elsewhere only per-process bounds hold: each
process of a jail may then use `memory_mib`, their sum and shared memory are watched
(`tree_watch.py`), and CPU time and memory are estimated.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Self

from daytona_validate._jails.cgroup import Cgroup
from daytona_validate._jails.cgroup_places import (
    PREFIX,
    UNIFIED,
    CgroupPlace,
    places,
    unified_places,
)
from daytona_validate._jails.cgroup_room import held, make_room, unified_group
from daytona_validate._jails.own_ooms import OwnOoms, own_ooms
from daytona_validate._models import Limits
from daytona_validate._runtime.file_lock import FileLock

_NAME = re.compile(f"{PREFIX}[0-9a-f]{{16}}")
_TRIES = 10


class Cgroups:
    """Factory of control groups, and the folders of this host where they are made."""

    def __init__(
        self,
        found: tuple[CgroupPlace, ...],
        ooms: OwnOoms = OwnOoms(),  # noqa: B008 - a frozen value
    ) -> None:
        self._ooms = ooms
        self.places = found
        """Where each kind is made."""
        self.kinds = frozenset(place.kind for place in found)
        """Controllers of the first version, or `UNIFIED`; empty where no group can be made."""
        self.counts_memory = bool(self.kinds & {"memory", UNIFIED})
        self.counts_cpu = bool(self.kinds & {"cpuacct", UNIFIED})
        self.counts_processes = bool(self.kinds & {"pids", UNIFIED})

    @classmethod
    def find(cls, limits: Limits) -> Self:
        """Try each place with a group made and removed at once, and sweep what was left there.

        Where our own group is left to this process alone, it goes into a leaf of it, for good.

        Args:
            limits: Any limits, to see that they can be set.
        """
        with suppress(OSError):
            found: dict[str, CgroupPlace] = {}
            for place in _places_here():
                if place.kind not in found and _serves(place, limits):
                    sweep(place.parent)
                    found[place.kind] = place
            return cls(tuple(found.values()), own_ooms())
        return cls((), own_ooms())

    def make(self, limits: Limits) -> Cgroup:
        """Make the groups of one jail. Raises OSError."""
        for _ in range(_TRIES - 1):
            # One that is not held yet, for some µs, may be swept by another process.
            with suppress(BlockingIOError, FileNotFoundError):
                return self._made(limits)
        return self._made(limits)

    def _made(self, limits: Limits) -> Cgroup:
        # A name that tells nothing, where a jail that could not join by itself reads it.
        name = f"{PREFIX}{secrets.token_hex(8)}"
        folders, locks = dict[str, Path](), dict[str, FileLock]()
        try:
            for place in self.places:
                folders[place.kind] = folder = Path(place.parent, name)
                folder.mkdir()
                locks[place.kind] = held(folder)
            group = Cgroup(folders, ooms=self._ooms, locks=locks)
            group.limit(limits)
        except OSError:
            Cgroup(folders, locks=locks).remove()
            raise
        return group


def _places_here() -> Iterator[CgroupPlace]:
    mountinfo = Path("/proc/self/mountinfo").read_text()
    candidates = list(places(mountinfo, Path("/proc/self/cgroup").read_text()))
    yield from (each for each in candidates if each.kind != UNIFIED)
    groups = [unified_group(each.parent) for each in candidates if each.kind == UNIFIED]
    yield from unified_places(groups, own_pid=os.getpid(), is_root=os.geteuid() == 0)


def _serves(place: CgroupPlace, limits: Limits) -> bool:
    try:
        make_room(place)
        group = Cgroups((place,)).make(limits)
    except OSError:  # read-only, not ours, or its controllers are not handed down
        return False
    return group.remove()


def _is_held_by_its_maker(folder: Path) -> bool:
    """Return whether it has a name as given here: other makers, earlier ones too, lock none."""
    return _NAME.fullmatch(folder.name) is not None


def sweep(parent: str) -> None:
    """Remove groups that nobody holds: those of a process that was killed.

    Their makers may be in other containers, where they cannot be seen: the lock of a folder is the
    kernel's, and the same for all.
    """
    for folder in filter(_is_held_by_its_maker, Path(parent).iterdir()):
        with suppress(OSError), FileLock(folder, is_folder=True) as lock:
            if lock.take():
                folder.rmdir()  # if its jail is still dying, the next start will do

"""Control group of one jail: the limits that its whole tree is under, and an account of it.

The calls here are made in the event loop. They reach the kernel's memory and no disk, and take
some 10 µs each.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from daytona_validate._core.limits import MIB
from daytona_validate._jails.cgroup_places import UNIFIED, own_paths
from daytona_validate._jails.own_ooms import OwnOoms, number_of
from daytona_validate._models import Limits
from daytona_validate._runtime.file_lock import FileLock

CPU_WEIGHT = 50
"""Half of what a group usually has: a jail is slow beside the user's own programs, but beside one
on each processor it has a third of it, and so meets its time limit within four times that."""
_WEIGHT = "cpu.weight"
EMPTYING_S = 2.0
"""How long the kernel may hold a group whose processes are gone."""
# A shell's own process, which has no other thread. In the first version `tasks` moves it at once;
# a process that is written into `cgroup.procs` may wait 10 ms for all others (Linux 6.18).
_JOIN = """
while [ -n "$1" ]; do [ -e "$1" ] && echo 0 >"$1"; shift; done 2>/dev/null
shift; exec "$@"
"""
# A line is to come first; if we end instead, so does the shell.
_HELD = f"read -r _ || exit 125{_JOIN}"

_logger = logging.getLogger("daytona_validate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Resource usage of a jail's processes; None where this host does not count it."""

    cpu_s: float | None = None
    peak_memory_bytes: int | None = None
    oom_kills: int = 0
    """Processes that the kernel ended for want of memory: the group's own, or the host's."""
    own_ooms: int | None = None
    """Times the group's own limit left no memory to be had; None: it is not told."""
    other_oom_kills: int = 0
    """Where those of a jail are not counted: of all processes of this process's group, or of the
    whole host."""
    refused_forks: int = 0
    """Times a new process or thread was refused because of the limit."""

    def since(self, earlier: Account) -> Account:
        """Return what came after an earlier account; the peak of memory stays that of both."""
        both = None not in (self.cpu_s, earlier.cpu_s)
        ooms = self.own_ooms
        return Account(
            cpu_s=(self.cpu_s or 0.0) - (earlier.cpu_s or 0.0) if both else self.cpu_s,
            peak_memory_bytes=self.peak_memory_bytes,
            oom_kills=self.oom_kills - earlier.oom_kills,
            own_ooms=None if ooms is None else ooms - (earlier.own_ooms or 0),
            other_oom_kills=self.other_oom_kills - earlier.other_oom_kills,
            refused_forks=self.refused_forks - earlier.refused_forks,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Controller:
    """Cgroup controller: the files of a group by which it limits and counts."""

    limits: Mapping[str, Callable[[Limits], int]] = field(
        default_factory=dict[str, Callable[[Limits], int]]
    )
    """File to what is written there."""
    if_there: Mapping[str, Callable[[Limits], int]] = field(
        default_factory=dict[str, Callable[[Limits], int]]
    )
    """The same for a file that is not there where the kernel counts no swap or sockets, or where no
    part of the processors is handed down."""
    account: Mapping[str, tuple[str, str, float]]
    """Field of `Account` to a file, a key in it (empty: it is one number), and the unit."""


def _memory_bytes(limits: Limits) -> int:
    return limits.memory_mib * MIB


def _tasks(limits: Limits) -> int:
    # The first process is one, and bubblewrap; where that could not join, there is one more.
    return limits.processes + 2


_CONTROLLERS: Mapping[str, _Controller] = {
    "memory": _Controller(
        limits={"memory.limit_in_bytes": _memory_bytes},
        if_there={
            "memory.memsw.limit_in_bytes": _memory_bytes,
            # What lies in sockets is no part of the above, and without this it is not counted.
            "memory.kmem.tcp.limit_in_bytes": _memory_bytes,
        },
        # No own_ooms: memory.failcnt would count hits of the limit that cost nothing, and stays 0
        # under Linux 6.18 even where the limit was hit.
        account={
            "peak_memory_bytes": ("memory.max_usage_in_bytes", "", 1),
            "oom_kills": ("memory.oom_control", "oom_kill", 1),
        },
    ),
    "pids": _Controller(
        limits={"pids.max": _tasks}, account={"refused_forks": ("pids.events", "max", 1)}
    ),
    "cpuacct": _Controller(account={"cpu_s": ("cpuacct.usage", "", 1e-9)}),
    UNIFIED: _Controller(
        limits={"memory.max": _memory_bytes, "pids.max": _tasks},
        if_there={"memory.swap.max": lambda _: 0, _WEIGHT: lambda _: CPU_WEIGHT},
        account={
            "cpu_s": ("cpu.stat", "usage_usec", 1e-6),
            "peak_memory_bytes": ("memory.peak", "", 1),  # since Linux 5.19
            "oom_kills": ("memory.events", "oom_kill", 1),
            "own_ooms": ("memory.events", "oom", 1),
            "refused_forks": ("pids.events", "max", 1),
        },
    ),
}


class Cgroup:
    """Control groups of one jail: a folder for each controller, of the same name.

    Args:
        folders: By controller.
        ooms: What is counted where no folder counts memory.
        locks: Held while the folders are there: whose nobody holds are swept.
    """

    def __init__(
        self,
        folders: Mapping[str, Path],
        *,
        ooms: OwnOoms = OwnOoms(),  # noqa: B008 - a frozen value
        locks: Mapping[str, FileLock] | None = None,
    ) -> None:
        self._folders = dict(folders)
        self._locks = dict(locks or {})
        self._counts_memory = bool(folders.keys() & {"memory", UNIFIED})
        self._ooms = ooms

    def limit(self, limits: Limits) -> None:
        """Write the limits. Raises OSError where one cannot be set."""
        for kind, folder in self._folders.items():
            controller = _CONTROLLERS[kind]
            for name, value in controller.limits.items():
                _write(f"{folder}/{name}", value(limits))
            for name, value in controller.if_there.items():
                with suppress(FileNotFoundError):
                    _write(f"{folder}/{name}", value(limits))

    def has_cpu_weight(self) -> bool:
        """Return whether the group's part of the processors is set: only the second version does.

        In the first it would be one more hierarchy, for up to 3 ms a jail.
        """
        return UNIFIED in self._folders and (self._folders[UNIFIED] / _WEIGHT).exists()

    def joining_argv(self, *, is_held: bool = False) -> tuple[str, ...]:
        """Return what to put before a command, so that it joins and is then executed.

        Args:
            is_held: Whether it waits for a line on its stdin before it does anything.

        It joins before it makes a namespace of control groups, in which these are then the roots:
        what is in there reads `/` where it would read their names. Whether it could join is to be
        asked: `holds`.
        """
        if not self._folders:
            return ()
        script = _HELD if is_held else _JOIN
        return ("/bin/sh", "-c", script, "sh", *self.joining_files(), "")

    def joining_files(self) -> list[str]:
        """Return the files by which a process of one thread, writing `0` there, joins them."""
        return [
            f"{folder}/{'cgroup.procs' if kind == UNIFIED else 'tasks'}"
            for kind, folder in self._folders.items()
        ]

    def holds(self, pid: int) -> bool:
        """Return whether a process is there, and has joined all of them."""
        try:
            paths = own_paths(Path(f"/proc/{pid}/cgroup").read_text(errors="replace"))
        except (FileNotFoundError, ProcessLookupError):
            return False
        return all(
            paths.get(kind, "").endswith(f"/{folder.name}")
            for kind, folder in self._folders.items()
        )

    def add(self, pid: int) -> None:
        """Put a process, and all that it will start, under the limits. Raises OSError."""
        for folder in self._folders.values():
            _write(f"{folder}/cgroup.procs", pid)

    def account(self) -> Account:
        """Return what has been used; call it when the tree is gone."""
        found: dict[str, float] = {}
        for kind, folder in self._folders.items():
            for name, (file, key, unit) in _CONTROLLERS[kind].account.items():
                value = number_of(f"{folder}/{file}", key)
                if value is not None:
                    found[name] = value * unit
        peak, own_ooms = found.get("peak_memory_bytes"), found.get("own_ooms")
        return Account(
            cpu_s=found.get("cpu_s"),
            peak_memory_bytes=None if peak is None else int(peak),
            oom_kills=int(found.get("oom_kills", 0)),
            own_ooms=None if own_ooms is None else int(own_ooms),
            other_oom_kills=0 if self._counts_memory else self._ooms.so_far(),
            refused_forks=int(found.get("refused_forks", 0)),
        )

    def remove(self) -> bool:
        """Remove the folders; return False while the kernel still holds one, then ask again."""
        for kind, folder in tuple(self._folders.items()):
            try:
                folder.rmdir()
            except FileNotFoundError:
                pass
            except OSError as error:
                if error.errno == errno.EBUSY:
                    continue
                raise
            del self._folders[kind]
            if kind in self._locks:
                self._locks.pop(kind).close()
        return not self._folders

    async def removed(self) -> None:
        """Remove them once the kernel lets go of them; it sends no notice of that."""
        for pause_s in (0.005, 0.02, 0.1, 0.5, EMPTYING_S):
            await asyncio.sleep(pause_s)
            if self.remove():
                return
        _logger.error("A control group could not be removed: %s", self._folders)


def _write(path: str, value: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(descriptor, str(value).encode())
    finally:
        os.close(descriptor)

"""What a jail would inherit from its caller, set anew: rlimits, and who is first to go or to wait.

It is done from outside, to a jail's only process, while that waits at its gate: no shell can set
these alike, and inside, `/proc` is read-only. Root without CAP_SYS_RESOURCE, as in a container, may
not do so to another user's process: there it is done earlier, while the shell that joins the
control groups is still root's, and waits for it. Where there is no such shell, a program of
util-linux sets them, for 1 ms, before that other user is taken. `ceilings.py` has the rlimits that
go with limits.
"""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from daytona_validate._jails.privileges import is_roots_own

RLIMITS: Final = {
    # The kernel hands a core to a *program* of the host, run as root, whatever the limit; but for
    # a limit of just 1 byte, at which it gives up first (core(5); Linux 6.18).
    resource.RLIMIT_CORE: 1,
    # With `@audio rtprio 95` in limits.conf, as desktops have it, a jail could keep all others
    # from the processors.
    resource.RLIMIT_RTPRIO: 0,
    resource.RLIMIT_NICE: 0,
    resource.RLIMIT_MEMLOCK: 64 * 1024,
    # Both are memory of the kernel's. A timer of POSIX's takes a signal, a queue with the usual
    # attributes 82 KiB.
    resource.RLIMIT_SIGPENDING: 1024,
    resource.RLIMIT_MSGQUEUE: 256 * 1024,
}
"""The most of each, hard and soft; one that is less already stays."""

PLACES = tuple(map(Path, ("/usr/bin/prlimit", "/bin/prlimit")))
"""Never PATH: it would choose a program that is started as root."""
_OPTIONS = {
    "core": resource.RLIMIT_CORE,
    "rtprio": resource.RLIMIT_RTPRIO,
    "nice": resource.RLIMIT_NICE,
    "memlock": resource.RLIMIT_MEMLOCK,
    "sigpending": resource.RLIMIT_SIGPENDING,
    "msgqueue": resource.RLIMIT_MSGQUEUE,
}

NOT_SET = (
    "Sandboxes inherit this process's limits of locked memory, priority, signals and queues, which "
    "it may not set for them, and a crash in one can start this host's handler. Install prlimit "
    "(util-linux), or run as a plain user."
)

NICER = 3
"""Added to a jail's `nice`: half the weight, as `CPU_WEIGHT` is."""
_GROUPED = Path("/proc/sys/kernel/sched_autogroup_enabled")
_CAP_SYS_RESOURCE = 24
FIRST_TO_GO = 1000
"""The highest `oom_score_adj`: where the host runs out of memory, the kernel ends a jail's
processes before any of the user's own."""


@dataclass(frozen=True, slots=True)
class InheritedRlimits:
    """Way of setting the rlimits that a jail would inherit."""

    are_set_from_outside: bool = True
    argv: tuple[str, ...] = ()
    """Put before the jail's command where they are not; empty: then they cannot be set."""
    are_set_while_own: bool = False
    """Whether, where they are not, they can be set of a child that is still this process's user's;
    `argv` is for what has no such child."""

    @property
    def core_blocks(self) -> int | None:
        """What a jail's first process has to set as the most of a core; None: nothing."""
        return None if self.are_set_from_outside or self.argv else 0


def inherited_rlimits(status: str) -> InheritedRlimits:
    """Return how they are to be set by a process.

    Args:
        status: The text of its `/proc/self/status`.
    """
    found = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    is_root = found["Uid"].split()[1] == "0"  # the effective one
    may_set_for_others = int(found["CapEff"], 16) >> _CAP_SYS_RESOURCE & 1
    return not_from_outside() if is_root and not may_set_for_others else InheritedRlimits()


def not_from_outside() -> InheritedRlimits:
    """Return how they are set where it cannot be done from outside."""
    return InheritedRlimits(
        are_set_from_outside=False, argv=bounding_argv(), are_set_while_own=may_bound_a_child()
    )


def may_bound_a_child() -> bool:
    """Return whether the rlimits of a child of this process's user can be set; it is tried."""
    try:
        child = subprocess.Popen(
            ["/bin/sh", "-c", "read -r _"], stdin=subprocess.PIPE, env={}, cwd="/"
        )
    except OSError:
        return False
    with child:  # its stdin is closed, and so it ends
        try:
            set_rlimits(child.pid)
        except OSError:
            return False
    return True


def set_rlimits(pid: int) -> None:
    """Bound what a process, and all that it will start, would inherit from this one.

    Raises:
        PermissionError: This process may not: root without CAP_SYS_RESOURCE, as containers have
            it, or a security module is against it.
        ProcessLookupError: It is gone.
    """
    for which in RLIMITS:
        bound = _bound(which, resource.prlimit(pid, which)[1])
        resource.prlimit(pid, which, (bound, bound))


def bounding_argv(*, places: Iterable[Path] = PLACES) -> tuple[str, ...]:
    """Return what to put before a command, so that it has those rlimits; empty: nothing does it."""
    for place in filter(is_roots_own, places):
        bounds = {
            name: _bound(which, resource.getrlimit(which)[1]) for name, which in _OPTIONS.items()
        }
        return (str(place), *(f"--{name}={bound}" for name, bound in bounds.items()))
    return ()


def _bound(which: int, hard: int) -> int:
    most = RLIMITS[which]
    return most if hard == resource.RLIM_INFINITY else min(most, hard)


def be_first_to_go(pid: int) -> None:
    """Have the kernel end a process, and all that it will start, before others; if it can be.

    Raises:
        ProcessLookupError: It is gone.
    """
    with suppress(PermissionError, FileNotFoundError):
        file = os.open(Path(f"/proc/{pid}/oom_score_adj"), os.O_WRONLY | os.O_CLOEXEC)
        try:
            os.write(file, str(FIRST_TO_GO).encode())
        finally:
            os.close(file)


def be_nicer(pid: int, *, grouped: Path = _GROUPED) -> None:
    """Have a process of one thread, and all that it will start, wait for others; if it can be.

    Args:
        pid: The process.
        grouped: What says whether the kernel shares the processors among sessions. Then a jail is
            one of many, however many threads it has, and a priority counts within it only.

    Raises:
        ProcessLookupError: It is gone.
    """
    with suppress(OSError):
        if grouped.read_text().strip() == "1":
            return
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, pid, os.getpriority(os.PRIO_PROCESS, pid) + NICER)

"""Rlimits that a jail's first process sets on itself, and so on all that it starts.

They hold for each process by itself. Where there is a cgroup they stand behind it; elsewhere
`tree_watch.py` ends a tree that uses too much memory together.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from daytona_validate._core.limits import MIB
from daytona_validate._models import Limits

STACK_KIB = 8 * 1024
"""What every Linux gives a process; it may raise it where a cgroup counts its memory."""
STACK_CEILING_KIB = 64 * 1024
SPARE_CPU_S = 10
BLOCK_BYTES = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Highest:
    """Hard limits (rlimits) of this process, the most that a jail can have; None is no bound."""

    cpus: int
    open_files: int | None = None
    file_bytes: int | None = None
    cpu_s: int | None = None
    data_bytes: int | None = None
    stack_bytes: int | None = None
    processes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceilings:
    """Rlimits of a jail, in the order and units of its first script; None is no bound."""

    open_files: int | None
    file_blocks: int | None
    cpu_s: int | None
    data_kib: int | None
    stack_kib: int | None
    stack_ceiling_kib: int | None
    processes: int | None
    core_blocks: int | None = None

    def arguments(self) -> Iterator[str]:
        """Yield the script's positional parameters."""
        for value in (
            self.open_files,
            self.file_blocks,
            self.cpu_s,
            self.data_kib,
            self.stack_kib,
            self.stack_ceiling_kib,
            self.processes,
            self.core_blocks,
        ):
            yield "unlimited" if value is None else str(value)


def ceilings(
    limits: Limits,
    *,
    timeout_s: float,
    highest: Highest,
    counts_memory: bool,
    counts_processes: bool,
    reserved_mib: int = 0,
    extra_processes: int = 0,
    core_blocks: int | None = None,
) -> Ceilings:
    """Return the per-process bounds that go with a jail's limits.

    Args:
        limits: The limits of the snippet.
        timeout_s: Wall seconds of this step. CPU time is bounded by wall time * cores + 10 s,
            which only matters if the timer outside does not fire.
        highest: What this process itself is bounded by; nobody can hand on more.
        counts_memory: Whether a cgroup bounds the memory of the whole tree. If none does, each
            process may have `memory_mib` of data: RLIMIT_DATA and not RLIMIT_AS, as V8 and the
            JVM reserve far more addresses than they use. Shared anonymous memory escapes it.
        reserved_mib: What each process may reserve beyond that, as its runtime does so unused.
        counts_processes: Whether a cgroup counts processes; the bound here is then set higher,
            so that the cgroup's, which leaves a trace, is met first.
        extra_processes: How many processes the kernel counts there that are not of the jail.
        core_blocks: The most of a core file; None: it is bounded from outside.
    """
    tasks = limits.processes + 1 + extra_processes  # the first process is one
    memory_kib = None if counts_memory else (limits.memory_mib + reserved_mib) * 1024
    stack_ceiling_kib = _least(
        None if counts_memory else STACK_CEILING_KIB, highest.stack_bytes, unit=1024
    )
    return Ceilings(
        open_files=_least(limits.open_files, highest.open_files),
        # One MiB more than the work folder has, so that a full folder is met first.
        file_blocks=_least(
            (limits.disk_mib + 1) * MIB // BLOCK_BYTES, highest.file_bytes, unit=BLOCK_BYTES
        ),
        cpu_s=_least(_cpu_s(timeout_s, highest), highest.cpu_s),
        data_kib=_least(memory_kib, highest.data_bytes, unit=1024),
        stack_kib=STACK_KIB if stack_ceiling_kib is None else min(STACK_KIB, stack_ceiling_kib),
        stack_ceiling_kib=stack_ceiling_kib,
        processes=_least(2 * tasks if counts_processes else tasks, highest.processes),
        core_blocks=core_blocks,
    )


def cut_short_at_s(timeout_s: float, highest: Highest) -> int | None:
    """Return the CPU seconds that this process's own limit leaves to a process of a jail.

    Args:
        timeout_s: As for `ceilings`.
        highest: As there.

    Returns:
        None if it leaves what `ceilings` gives.
    """
    is_less = highest.cpu_s is not None and highest.cpu_s < _cpu_s(timeout_s, highest)
    return highest.cpu_s if is_less else None


def _cpu_s(timeout_s: float, highest: Highest) -> int:
    return math.ceil(timeout_s * highest.cpus) + SPARE_CPU_S


def _least(wanted: int | None, highest: int | None, *, unit: int = 1) -> int | None:
    """Return the smaller of two bounds, of which the second is in bytes if a unit is given."""
    bounds = [wanted] if wanted is not None else []
    bounds += [highest // unit] if highest is not None else []
    return min(bounds, default=None)

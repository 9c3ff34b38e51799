"""What a zygote's fork is told: which jails it can take the place of, and what is in those.

Nothing here touches the world. Both messages are Python's own `marshal`, as the zygote is a copy of
the interpreter that runs this, and has imported nothing to read another format with.
"""

from __future__ import annotations

import marshal
import re
import resource
from collections.abc import Mapping
from dataclasses import replace

from daytona_validate._core.limits import MIB
from daytona_validate._jails.ceilings import BLOCK_BYTES, Ceilings
from daytona_validate._jails.jail import SHARED_MEMORY_MIB, WORK, Base, Jail
from daytona_validate._models import Limits

RUN = ("python3", "-s", "main.py")
FOLDER = "/opt/python-zygote"
PRELOADED = (
    *("abc", "bisect", "collections", "contextlib", "copy", "dataclasses", "datetime", "enum"),
    *("functools", "heapq", "itertools", "json", "math", "operator", "re", "string", "textwrap"),
    *("types", "typing"),
)
"""What programs import most, and what keeps nothing from its import that may differ from program to
program: not `random` with its state, not `logging` with its time, not `threading` with its ids."""
FEWEST_PROCESSES = 2
"""With one less, a fork would have one more than a jail: it takes one less for itself."""

_SEES_MORE = re.compile(
    rb"\b(?:__subclasses__|gc|meta_path|path_importer_cache|getallocatedblocks|tracemalloc"
    rb"|addaudithook|settrace|setprofile|monitoring|trace|bdb|pdb|profile|cProfile)\b"
)
"""Names by which a program can see that modules are there that it has not imported, or were not
imported when it asked for them."""

Closures = Mapping[str, tuple[str, ...]]
"""Name of a module to those that come with it."""


def can_fork(jail: Jail) -> bool:
    """Whether a jail does nothing but run a Python program, so that a fork can take its place."""
    if jail.limits.processes < FEWEST_PROCESSES:
        return False
    if any(_SEES_MORE.search(content) for content in jail.files.values()):
        return False
    is_plain = not (jail.before or jail.overlays or jail.lasting or jail.door or jail.ids)
    return is_plain and jail.argv == RUN and jail.folder == WORK


def is_hidden(jail: Jail, closures: Closures) -> bool:
    """Whether a file of a jail's takes the place of a module that a zygote has imported."""
    tops = {each.partition(".")[0] for each in closures}
    return any(path.partition("/")[0].partition(".")[0] in tops for path in jail.files)


def zygote_jail(jail: Jail, *, limits: Limits) -> Jail:
    """Return the jail of a zygote whose forks take the place of a jail."""
    return Jail(
        argv=RUN,
        limits=limits,
        binds=jail.binds,
        links=jail.links,
        environment=jail.environment,
        makes_forks=True,
    )


def zygote_config(base: Base, *, seccomp: bytes, closures: Closures) -> bytes:
    """Return what a zygote reads at its start.

    Args:
        base: What all jails have.
        seccomp: The compiled filter of its forks.
        closures: What an earlier one has found out; empty: it does so by itself.
    """
    covers = [(each.source, each.target) for each in base.covers]
    return marshal.dumps(
        {
            "filter": seccomp,
            "covered_files": [target for source, target in covers if source == "/dev/null"],
            "covered_folders": [
                *(target for source, target in covers if source != "/dev/null"),
                FOLDER,
            ],
            "preloaded": PRELOADED,
            "closures": dict(closures),
        }
    )


def fork_task(jail: Jail, *, bounds: Ceilings, groups: int) -> bytes:
    """Return what one fork reads.

    Args:
        jail: Whose place it takes.
        bounds: The rlimits. How many processes there may be is bounded by its control group alone:
            the kernel would count those of all forks of a zygote together.
        groups: How many control groups it joins.
    """
    disk = jail.limits.disk_mib
    return marshal.dumps(
        {
            "files": dict(jail.files),
            "groups": groups,
            "rlimits": _rlimits(bounds),
            "folders": [
                (WORK, disk * MIB, "0755"),
                ("/tmp", disk * MIB, "1777"),  # noqa: S108 - in the jail
                ("/dev/shm", min(disk, SHARED_MEMORY_MIB) * MIB, "1777"),  # noqa: S108 - as above
            ],
        }
    )


def _rlimits(bounds: Ceilings) -> list[tuple[int, int, int]]:
    return [
        (which, soft, hard)
        for which, soft, hard in (
            (resource.RLIMIT_NOFILE, *_both(bounds.open_files, 1)),
            (resource.RLIMIT_FSIZE, *_both(bounds.file_blocks, BLOCK_BYTES)),
            (resource.RLIMIT_CPU, *_both(bounds.cpu_s, 1)),
            (resource.RLIMIT_DATA, *_both(bounds.data_kib, 1024)),
            (
                resource.RLIMIT_STACK,
                _bytes(bounds.stack_kib, 1024),
                _bytes(bounds.stack_ceiling_kib, 1024),
            ),
        )
    ]


def _both(value: int | None, unit: int) -> tuple[int, int]:
    return (_bytes(value, unit),) * 2


def _bytes(value: int | None, unit: int) -> int:
    return resource.RLIM_INFINITY if value is None else value * unit


def fork_limits(limits: Limits) -> Limits:
    """Return the limits of a fork's control group: bubblewrap, a process of it, is not there."""
    return replace(limits, processes=limits.processes - 1)

"""What this host offers for making jails, found out once."""

from __future__ import annotations

import os
import resource
from dataclasses import dataclass, field
from pathlib import Path

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.base_image import base
from daytona_validate._jails.bubblewrap import Bubblewrap, bubblewrap
from daytona_validate._jails.cache_folder import cache_folder, sweep_unfinished, why_not_filled
from daytona_validate._jails.ceilings import Highest
from daytona_validate._jails.host_ids import ids_folder
from daytona_validate._jails.inherited import InheritedRlimits, inherited_rlimits
from daytona_validate._jails.jail import Base
from daytona_validate._jails.seccomp import seccomp_program
from daytona_validate._reason import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class JailHost:
    """Capabilities of this host: what jails are made with."""

    cache: Path
    bubblewrap: Bubblewrap
    base: Base
    seccomp: bytes
    """The compiled filter of system calls, where a control group counts memory."""
    watched_seccomp: bytes
    """The one where none does."""
    highest: Highest
    ids: Path | None = None
    """Folder of the locks by which root's jails have ids of their own; None: not root."""
    rlimits: InheritedRlimits = field(default_factory=InheritedRlimits)
    """How those are set that a jail would inherit."""


def jail_host(cache_dir: Path | None = None) -> JailHost:
    """Find and prepare what jails need; it reads and writes files, so call it in a thread.

    Raises:
        SandboxUnavailable: Something is missing; the message says what to install or change.
    """
    cache = cache_folder(cache_dir)
    try:
        sweep_unfinished(cache)
        return JailHost(
            cache=cache,
            bubblewrap=bubblewrap(cache),
            base=base(cache),
            seccomp=seccomp_program(),
            watched_seccomp=seccomp_program(counts_memory=False),
            highest=highest(),
            ids=ids_folder(cache) if os.geteuid() == 0 else None,
            rlimits=inherited_rlimits(Path("/proc/self/status").read_text()),
        )
    except OSError as error:
        raise SandboxUnavailable(
            f"What every sandbox needs could not be prepared: {why_not_filled(error, cache)}",
            reason=Reason.HOST_FAILED,
        ) from error


def highest() -> Highest:
    """Return the most that this process could hand on."""
    return Highest(
        cpus=os.cpu_count() or 1,
        open_files=_hard(resource.RLIMIT_NOFILE),
        file_bytes=_hard(resource.RLIMIT_FSIZE),
        cpu_s=_hard(resource.RLIMIT_CPU),
        data_bytes=_hard(resource.RLIMIT_DATA),
        stack_bytes=_hard(resource.RLIMIT_STACK),
        processes=_hard(resource.RLIMIT_NPROC),
    )


def _hard(which: int) -> int | None:
    bound = resource.getrlimit(which)[1]
    return None if bound == resource.RLIM_INFINITY else bound

"""Starting a zygote in a jail of its own, under limits like any, and ending it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from daytona_validate._jails.at_the_gate import put_under_limits
from daytona_validate._jails.bubblewrap import Bubblewrap
from daytona_validate._jails.ceilings import Ceilings
from daytona_validate._jails.cgroup import Cgroup
from daytona_validate._jails.cgroups import Cgroups
from daytona_validate._jails.descriptors import above_streams
from daytona_validate._jails.fork_task import (
    FOLDER,
    Closures,
    zygote_config,
    zygote_jail,
)
from daytona_validate._jails.held_group import held_group
from daytona_validate._jails.held_process import held_process
from daytona_validate._jails.host import JailHost
from daytona_validate._jails.host_ids import JailOwners
from daytona_validate._jails.jail import Jail
from daytona_validate._jails.process import JailProcess
from daytona_validate._jails.spawn import Inputs, spawn
from daytona_validate._jails.zygote import Zygote, started
from daytona_validate._models import Limits
from daytona_validate._sandbox_files import contents

LIMITS = Limits(memory_mib=512, processes=128, open_files=1024)
"""Of a zygote itself: its forks are under their own from their first moment on, but for memory that
they still have in common with it."""


@asynccontextmanager
async def zygote_of(
    jail: Jail,
    *,
    found: JailHost,
    cgroups: Cgroups,
    owners: JailOwners,
    closures: Closures,
) -> AsyncIterator[Zygote]:
    """Hold a zygote whose forks take the place of a jail.

    Args:
        jail: Of the program that needs it first.
        found: What jails are made with.
        cgroups: Where it is bounded.
        owners: Of the id that it has.
        closures: What an earlier one has found out.

    Raises:
        CannotFork: It did not start.
        SandboxUnavailable: Its jail could not be made.
    """
    served = zygote_jail(jail, limits=LIMITS)
    config = zygote_config(found.base, seccomp=found.seccomp, closures=closures)
    programs = await asyncio.to_thread(contents, "python_zygote")
    files = {f"{FOLDER}/{name}": text for name, text in programs.items()}
    async with owners.owned(served) as (bubblewrap, own), held_group(cgroups, LIMITS) as group:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with ours:
            # A low number could be one that a shell uses on the way.
            with socket.socket(fileno=above_streams(theirs.detach())) as theirs:
                inputs = Inputs(
                    seccomp=None,
                    stdin=b"",
                    etc=files | {f"{FOLDER}/config": config},
                    rlimits=found.rlimits.argv,
                    joining=group.joining_argv(),
                    kept=(theirs.fileno(),),
                )
                bounds = _bounds(found)
                spawned = spawn(bubblewrap, own, base=found.base, bounds=bounds, inputs=inputs)
            ours.setblocking(False)
            async with held_process(JailProcess(spawned, limits=LIMITS)) as process:
                await _let_go(process, group, bubblewrap, found)
                yield await started(process, ours, bubblewrap.run_as)


async def _let_go(
    process: JailProcess, group: Cgroup, bubblewrap: Bubblewrap, found: JailHost
) -> None:
    pid = await process.first_process()
    outside = found.rlimits.are_set_from_outside
    bounded = partial(put_under_limits, group, pid, bubblewrap.run_as, sets_rlimits=outside)
    await asyncio.to_thread(bounded)
    process.open_gate()


def _bounds(found: JailHost) -> Ceilings:
    """Return rlimits that its forks can lower, each to its own."""
    highest = found.highest

    def blocks(value: int | None, unit: int) -> int | None:
        return None if value is None else value // unit

    return Ceilings(
        open_files=min(4096, highest.open_files or 4096),
        file_blocks=blocks(highest.file_bytes, 512),
        cpu_s=highest.cpu_s,
        data_kib=blocks(highest.data_bytes, 1024),
        stack_kib=min(8192, blocks(highest.stack_bytes, 1024) or 8192),
        stack_ceiling_kib=blocks(highest.stack_bytes, 1024),
        processes=highest.processes,
        core_blocks=found.rlimits.core_blocks,
    )

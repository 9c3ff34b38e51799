"""A jail's process for as long as it is needed: killed at the end, unless all of it is gone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from daytona_validate._jails.process import JailProcess
from daytona_validate._runtime.cleanup import finish

DESTROY_S = 30.0
"""More than a jail's own bounded waits take together."""


@asynccontextmanager
async def held_process(
    process: JailProcess, known: set[JailProcess] | None = None
) -> AsyncIterator[JailProcess]:
    """Hold a process, which belongs to this from now on.

    Args:
        process: Just started.
        known: Where it is noted meanwhile, for who may have to end all of them.

    Raises:
        SandboxLost: It could not be killed.
    """
    known = set() if known is None else known
    known.add(process)
    try:
        yield process
    finally:
        known.discard(process)
        if not process.release_if_ended():
            await finish(process.destroy(), grace_s=DESTROY_S)

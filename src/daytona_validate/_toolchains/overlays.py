"""Folders that a jail may change as it sees them: where that can be had, and is bounded.

What is written over a folder is kept in memory, and bubblewrap sets no bound to it: a control group
does, and beside that `tree_watch.py` looks after the limit of the disk. So where no group counts
memory, and where bubblewrap (before 0.11) or the kernel (before 5.11) has no overlays, the folder
is seen read-only. Who wants to write there must then work on a copy in /tmp, which is bounded.
"""

from __future__ import annotations

from dataclasses import replace

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.jail import Jail, Overlay
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limits, Stage

TRY_S = 10.0


async def seen_here(runner: JailRunner, overlays: tuple[Overlay, ...]) -> tuple[Overlay, ...]:
    """Return such folders as a jail on this host sees them.

    Raises:
        SandboxUnavailable: It could not be tried just now.
    """
    if not overlays or await _are_laid_over(runner, overlays):
        return overlays
    return tuple(replace(each, is_read_only=True) for each in overlays)


async def _are_laid_over(runner: JailRunner, overlays: tuple[Overlay, ...]) -> bool:
    if not runner.counts_memory:
        return False
    jail = Jail(argv=("true",), limits=Limits(), overlays=overlays)
    try:
        step = await runner.run(jail, stage=Stage.SETUP, timeout_s=TRY_S)
    except SandboxUnavailable as error:
        if error.retryable:
            raise
        return False
    return step.exit_code == 0

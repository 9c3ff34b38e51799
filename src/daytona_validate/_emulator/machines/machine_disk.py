"""The disk quota of an emulated machine: its jails end when its folders hold too much.

The folders are on the host's disk. Nothing there bounds a tree as such, so it is measured while
something runs; in between a program can write more than it may, as much as the disk takes in
half a second. What is deleted and still open is not found by measuring; so all ends as well when
the disk itself has little left.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from daytona_validate._core.limits import MIB
from daytona_validate._emulator.machines.trees import Trees
from daytona_validate._errors import SandboxLost, SandboxUnavailable
from daytona_validate._models import Step
from daytona_validate._reason import Reason
from daytona_validate._runtime.cleanup import finish
from daytona_validate._runtime.tasks import ended, retrieve
from daytona_validate._runtime.worker_thread import in_thread

WATCH_S = 0.5
IDLE_WATCHES = 20
"""Pauses without a look, while nothing but what was left running can write."""
MEASURING_SHARE = 4
"""A pause is at least this many times as long as the measuring before it took."""
SPARE_BYTES = 256 * MIB
ENDING_S = 60.0
"""More than a jail's own bounded waits take together."""
REMOVING_S = 300.0
"""Hundreds of thousands of files, on a slow disk."""
REMOVED = "The emulated machine was removed."


class MachineDisk:
    """Disk quota: a machine's folders, and the jails that run over them, which end with them.

    Args:
        folder: Holds them all.
        trees: Measures and removes it.
        allowed_bytes: How much they may hold together.
        spare_bytes: What the host's disk must keep free.
    """

    def __init__(
        self, folder: Path, trees: Trees, *, allowed_bytes: int, spare_bytes: int = SPARE_BYTES
    ) -> None:
        self._folder = folder
        self._trees = trees
        self._allowed_bytes = allowed_bytes
        self._spare_bytes = spare_bytes
        self._running: set[asyncio.Future[Step]] = set()
        self._measuring = asyncio.Lock()
        self._removal = asyncio.Lock()
        self._is_over = False

    @property
    def is_over(self) -> bool:
        """Whether the folders are gone, or going."""
        return self._is_over

    async def run_within_quota(
        self, run: Coroutine[Any, Any, Step], *, is_busy: Callable[[], bool] = lambda: True
    ) -> Step | None:
        """Await a jail; None: it was ended, as the folders held too much.

        Args:
            run: The jail.
            is_busy: Whether somebody waits for what runs in it; else it is looked at rarely.

        Raises:
            SandboxLost: The folders are gone, or going.
            SandboxUnavailable: What the jail raises, or the folders could not be measured.
        """
        if self._is_over:
            run.close()
            raise SandboxLost(REMOVED)
        running = asyncio.ensure_future(run)
        running.add_done_callback(retrieve)  # of a run that is ended, nobody asks for its error
        self._running.add(running)
        try:
            is_overfull = await self._overfills(running, is_busy)
        finally:
            if not running.done():
                running.cancel()
                await finish(ended(running), grace_s=ENDING_S)
            self._running.discard(running)
        if self._is_over:
            raise SandboxLost("The emulated machine was removed while the command ran.")
        if is_overfull:
            return None
        if running.cancelled():
            raise SandboxLost("The emulated machine was stopped while the command ran.")
        return running.result()

    async def is_too_much(self, more_bytes: int = 0) -> bool:
        """Return whether the folders hold more than they may, or would with so much more.

        Raises:
            SandboxUnavailable: The folders could not be measured; SandboxLost: they are gone.
        """
        try:
            async with self._measuring:
                if await in_thread(lambda _: _free_bytes(self._folder)) < self._spare_bytes:
                    return True
                used = await self._trees.used_bytes(self._folder)
        except (OSError, SandboxUnavailable) as error:
            if self._is_over:
                raise SandboxLost(REMOVED) from error
            raise SandboxUnavailable(
                f"The disk of an emulated machine could not be measured: {error}.",
                reason=Reason.HOST_FAILED,
            ) from error
        return used + more_bytes > self._allowed_bytes

    async def halt(self) -> None:
        """End what runs, and keep the folders."""
        running = tuple(self._running)
        for each in running:
            each.cancel()
        if running:
            await finish(ended(*running), grace_s=ENDING_S)

    async def end(self) -> None:
        """End what runs and remove the folders; safe to call twice, and at the same time.

        Raises:
            OSError: Something in the folders could not be removed.
        """
        self._is_over = True
        for each in tuple(self._running):
            each.cancel()
        await finish(self._cleared(), grace_s=ENDING_S + REMOVING_S)

    async def _overfills(self, running: asyncio.Future[Step], is_busy: Callable[[], bool]) -> bool:
        """Wait for the end of a jail, or until the folders hold more than they may."""
        clock = asyncio.get_running_loop().time
        pause_s, idle = WATCH_S, 0
        while True:
            await asyncio.wait({running}, timeout=pause_s)
            if running.done():
                return False
            idle = 0 if is_busy() else idle + 1
            if idle % IDLE_WATCHES:
                continue
            began_s = clock()
            if await self.is_too_much():
                return True
            pause_s = max(WATCH_S, MEASURING_SHARE * (clock() - began_s))

    async def _cleared(self) -> None:
        async with self._removal:
            if self._running:
                await asyncio.wait(tuple(self._running))
            await self._trees.remove(self._folder)


def _free_bytes(folder: Path) -> int:
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize

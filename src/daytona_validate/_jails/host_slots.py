"""Slots of this host, shared by all processes: whoever runs a snippet's jail holds one.

How many snippets a validator takes at a time is its own affair; how many of them *run* is the
host's. Else two validators would slow each other's programs down to their time limits. A slot
is a locked file in the cache folder, so that all processes of one user share them, and the kernel
frees those of a process that dies.

A lock that others hold is asked for again and again. Each process has one who asks, the rest
stands in line behind him; so processes have equal chances, and a slot that becomes free is idle for
some ms where somebody waits. Preparing toolchains and packages takes no slot: it may last minutes.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

from daytona_validate._core.limits import WALL_FACTOR
from daytona_validate._errors import SandboxUnavailable
from daytona_validate._reason import Reason
from daytona_validate._runtime.clocks import off_the_clocks
from daytona_validate._runtime.file_lock import FileLock, first_free, polled, refusals_told
from daytona_validate._runtime.limiter import SlotTimeout, patience_s

MOST = 256
"""Slots of a host: who is alone has a file open for each."""
PATIENCE_S = 120.0
"""How long new programs are held back at least for one that is to run alone, until all others have
ended: four times the default limit, which is the longest that a program of that limit may take."""


def default_slots() -> int:
    """Return 2 x the cores of this process: starting a jail waits about as much as it works."""
    return min(MOST, 2 * len(os.sched_getaffinity(0)))


class HostSlots:
    """Semaphore across processes: slots for those with the same cache folder; of one event loop.

    Args:
        cache: The cache folder. Where nothing can be written there, the slots are this object's
            alone.
        total: How many this process takes part in, at least 1; more than `MOST` are as many.
            Another may see more or fewer of them; each then keeps to its own number.
        longest_wait_s: How long to wait for one; None: for ever. A call may have its own:
            `patience`.
    """

    def __init__(self, cache: Path, total: int, *, longest_wait_s: float | None = None) -> None:
        self.total = min(total, MOST)
        self._longest_wait_s = longest_wait_s
        self._folder, self._is_private = cache / "slots", False
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            FileLock(self._alone_file).close()
        except OSError:
            self._folder = Path(tempfile.mkdtemp(prefix="daytona-validate-slots-"))
            self._is_private = True
        self._asking = asyncio.Lock()

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Hold a slot; waiting for it is off all clocks.

        Raises:
            SlotTimeout: None became free in time.
            SandboxUnavailable: It could not be locked. The host's fault.
        """
        with refusals_told("slot of the host"), off_the_clocks():
            lock = await self._next()
        with lock:
            yield

    @asynccontextmanager
    async def all(self, *, for_s: float) -> AsyncIterator[None]:
        """Hold every slot, so that nothing else of this user's runs; waiting is off all clocks.

        Args:
            for_s: Seconds after which only one is held, and others run again: its limit.

        Raises:
            SandboxUnavailable: Others did not end within `WALL_FACTOR` times that or `PATIENCE_S`,
                whichever is longer; or a slot could not be locked. The host's fault.
        """
        patience_s = max(PATIENCE_S, WALL_FACTOR * for_s)
        with ExitStack() as own, ExitStack() as rest:
            with refusals_told("slot of the host"), off_the_clocks():
                try:
                    async with asyncio.timeout(patience_s):
                        await self._gather(own, rest)
                except TimeoutError as error:
                    raise SandboxUnavailable(
                        "The host was too busy: a program that was to run alone found others "
                        f"running for {patience_s:g} s. Run fewer at a time.",
                        reason=Reason.STARVED,
                        retryable=True,
                    ) from error
            sharing = asyncio.get_running_loop().call_later(for_s, rest.close)
            try:
                yield
            finally:
                sharing.cancel()

    def close(self) -> None:
        """Remove what is this object's alone; nobody may hold or want a slot any more."""
        if self._is_private:
            shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _alone_file(self) -> Path:
        """Locked by who wants to be alone; whoever takes a slot shares it for that moment."""
        return self._folder / "alone"

    async def _next(self) -> FileLock:
        longest_wait_s = patience_s(self._longest_wait_s)
        try:
            async with asyncio.timeout(longest_wait_s), self._asking:
                return await polled(self._free)
        except TimeoutError as error:
            raise SlotTimeout(longest_wait_s, where=" of the host") from error

    def _free(self) -> FileLock | None:
        with FileLock(self._alone_file) as gate:
            if not gate.take(is_shared=True):
                return None
            return first_free(map(self._file, range(self.total)))

    async def _gather(self, own: ExitStack, rest: ExitStack) -> None:
        """Take the gate and then all slots, in order of number, so that no two wait crosswise."""
        rest.enter_context(await _taken(self._alone_file))
        own.enter_context(await _taken(self._file(0)))
        for number in self._others():
            rest.enter_context(await _taken(self._file(number)))

    def _others(self) -> Iterator[int]:
        """Yield the numbers of all other slots, those that only other processes use included."""
        there = {each.name for each in self._folder.iterdir()}
        yield from (each for each in range(1, MOST) if each < self.total or str(each) in there)

    def _file(self, number: int) -> Path:
        return self._folder / str(number)


async def _taken(path: Path) -> FileLock:
    return await polled(lambda: first_free((path,)))

"""The zygotes of a runner: one for each configuration, proven, replaced when worn, and ended."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from daytona_validate._errors import SandboxLost, SandboxUnavailable
from daytona_validate._jails.cgroups import Cgroups
from daytona_validate._jails.context_task import ContextTask
from daytona_validate._jails.fork_task import Closures
from daytona_validate._jails.held_process import DESTROY_S
from daytona_validate._jails.host import JailHost
from daytona_validate._jails.host_ids import JailOwners
from daytona_validate._jails.jail import Jail
from daytona_validate._jails.zygote import CannotFork, Zygote
from daytona_validate._jails.zygote_start import zygote_of
from daytona_validate._runtime.cleanup import finish

MOST_FORKS = 100
"""After so many a zygote is replaced: with it go the hash seed and the addresses of its forks."""
MOST_ODD = 3
"""Zygotes that fail one after the other, after which no more are started."""
MOST_ZYGOTES = 4

_logger = logging.getLogger("daytona_validate")


class ZygotePool:
    """Pool of zygotes, all of one event loop.

    Args:
        found: What jails are made with.
        cgroups: Where zygotes are bounded.
        owners: Of the ids that they have.
        prove: Tries the first one; raises CannotFork if its forks are not shut in.
        most_forks: After so many a zygote is replaced.
    """

    def __init__(
        self,
        found: JailHost,
        cgroups: Cgroups,
        owners: JailOwners,
        *,
        prove: Callable[[Zygote, Jail], Awaitable[None]],
        most_forks: int = MOST_FORKS,
    ) -> None:
        self._host = found
        self._cgroups = cgroups
        self._owners = owners
        self._prove = prove
        self._most_forks = most_forks
        self._zygotes: dict[object, Zygote] = {}
        """Those that are asked for forks."""
        self._held: dict[Zygote, ContextTask[Zygote]] = {}
        """What ends each, those too that are retired and still have forks."""
        self._closures: Closures = {}
        self._is_proven = False
        self._odd = 0
        self._starting = asyncio.Lock()

    @property
    def is_given_up(self) -> bool:
        """Whether so many could not be had that no more are started."""
        return self._odd >= MOST_ODD

    async def zygote_for(self, jail: Jail) -> Zygote:
        """Return the zygote whose forks can take the place of a jail, started if there is none.

        Raises:
            CannotFork: It did not start.
        """
        key = (jail.binds, jail.links, tuple(sorted(jail.environment.items())))
        async with self._starting:
            zygote = self._zygotes.get(key)
            if zygote is not None and not self._is_worn(zygote):
                return zygote
            for each in (zygote, *self._oldest()):
                if each is not None:
                    await self._retire(each)
            zygote = await self._started(jail)
            self._zygotes[key] = zygote
            return zygote

    @asynccontextmanager
    async def lent(self, zygote: Zygote) -> AsyncIterator[None]:
        """Keep a zygote for one fork, even if it is retired meanwhile; count its failures."""
        zygote.alive += 1
        try:
            yield
        except CannotFork:
            zygote.failures += 1
            raise
        finally:
            zygote.alive -= 1
            if zygote not in self._zygotes.values() and not zygote.alive:
                await finish(self._close(zygote), grace_s=DESTROY_S)

    def kill(self) -> None:
        """Kill all zygotes, in any event loop, without waiting for them."""
        for each in self._held:
            each.process.kill()

    async def aclose(self) -> None:
        """End all zygotes, whose forks are gone; safe to call twice."""
        async with self._starting:
            for zygote in tuple(self._zygotes.values()):
                await self._retire(zygote)
            for held in tuple(self._held.values()):
                await held.aclose()
            self._held.clear()

    def _oldest(self) -> tuple[Zygote, ...]:
        return tuple(self._zygotes.values())[: len(self._zygotes) - MOST_ZYGOTES + 1]

    async def _started(self, jail: Jail) -> Zygote:
        held = ContextTask(
            zygote_of(
                jail,
                found=self._host,
                cgroups=self._cgroups,
                owners=self._owners,
                closures=self._closures,
            )
        )
        try:
            zygote = await held.entered()
            if not self._is_proven:
                await self._prove(zygote, jail)
        except BaseException as error:
            self._odd += isinstance(error, Exception)
            await finish(held.aclose(), grace_s=DESTROY_S)
            if self._odd == MOST_ODD:
                _logger.warning("No zygote can be had here; each program has a jail: %s", error)
            if isinstance(error, SandboxUnavailable | SandboxLost):
                raise CannotFork(str(error)) from error
            raise
        self._closures = zygote.closures
        self._is_proven, self._odd = True, 0
        self._held[zygote] = held
        return zygote

    async def _retire(self, zygote: Zygote) -> None:
        """Ask a zygote for no more forks, and end it once none of them runs."""
        for key in [each for each, found in self._zygotes.items() if found is zygote]:
            del self._zygotes[key]
        if not zygote.alive:
            await self._close(zygote)

    async def _close(self, zygote: Zygote) -> None:
        held = self._held.pop(zygote, None)
        if held is not None:
            with suppress(SandboxLost):  # logged where it was found out
                await held.aclose()

    def _is_worn(self, zygote: Zygote) -> bool:
        is_odd = zygote.failures >= MOST_ODD or zygote.process.ended.is_set()
        return is_odd or zygote.forks >= self._most_forks

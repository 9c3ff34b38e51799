"""Who a jail is on the host, and what then belongs to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.bubblewrap import Bubblewrap
from daytona_validate._jails.host_ids import HostIds
from daytona_validate._jails.jail import Jail
from daytona_validate._jails.machine import Machine
from daytona_validate._jails.owned_copies import owned_by
from daytona_validate._runtime.worker_thread import in_thread


class JailOwners:
    """Has each jail run as somebody who nobody else is meanwhile, if this process is root's.

    Jails with lasting folders are all the one who owns these; a plain user's are himself.

    Args:
        found: What jails are made with here.
    """

    def __init__(self, found: Machine) -> None:
        self._shared = found.bubblewrap
        numbers = self._shared.other_ids or (self._shared.run_as or 0,)
        self._ids = None if found.ids is None else HostIds(numbers, found.ids)

    @asynccontextmanager
    async def owned(self, jail: Jail) -> AsyncIterator[tuple[Bubblewrap, Jail]]:
        """Hold an id for a jail; waiting for one is off all clocks.

        Raises:
            SandboxUnavailable: None could be had, or what it may change could not be copied.
        """
        if self._ids is None or jail.lasting:
            yield self._shared, jail
            return
        async with self._ids.one() as number:
            yield self._shared.under(number), await _with_own_overlays(jail, number)


async def _with_own_overlays(jail: Jail, number: int) -> Jail:
    if not jail.overlays:
        return jail
    try:
        overlays = await in_thread(lambda sign: owned_by(jail.overlays, number, sign))
    except OSError as error:
        raise SandboxUnavailable(
            f"A folder that a sandbox may change could not be copied: {error}."
        ) from error
    return replace(jail, overlays=overlays)

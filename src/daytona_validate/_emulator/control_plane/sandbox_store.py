"""The records of an emulator's sandboxes: what the control plane knows and tells of each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from daytona_validate._emulator.condition import Condition
from daytona_validate._emulator.control_plane.sandbox_states import (
    SandboxRow,
    SandboxState,
    not_found,
    touched,
    transitioned,
)


class SandboxStore:
    """Record store: a row for each sandbox that is not destroyed to the end.

    Args:
        clock: Seconds since the epoch.
        condition: Notified whenever a row changes.
    """

    def __init__(self, clock: Callable[[], float], condition: Condition) -> None:
        self._clock = clock
        self._condition = condition
        self._rows: dict[str, SandboxRow] = {}

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._rows)

    def all(self) -> list[SandboxRow]:
        """Return them as they are now."""
        return list(self._rows.values())

    def by_id(self, sandbox_id: str) -> SandboxRow | None:
        """Return a sandbox in whatever state, or None if there is none."""
        return self._rows.get(sandbox_id)

    def found(self, id_or_name: str) -> SandboxRow:
        """Return a sandbox.

        Raises:
            HttpRefusal: No such sandbox, or it is destroyed (404).
        """
        found = self._rows.get(id_or_name) or self.named(id_or_name)
        if found is None or not found.is_found:
            raise not_found(id_or_name)
        return found

    def named(self, name: str) -> SandboxRow | None:
        """Return the sandbox that has a name, or None."""
        return next((each for each in self._rows.values() if each.name == name), None)

    def store(self, sandbox: SandboxRow) -> None:
        """Add a row, or put it in its former self's place."""
        self._rows[sandbox.id] = sandbox
        self._condition.notify_all()

    def become(self, sandbox_id: str, state: SandboxState, *, reason: str | None = None) -> None:
        """Bring a sandbox into a state, unless it goes on towards its end, or is gone."""
        current = self._rows.get(sandbox_id)
        if current is not None and current.desired is not SandboxState.DESTROYED:
            self.store(transitioned(current, state, now_s=self._clock(), reason=reason))

    def touch(self, sandbox_id: str) -> None:
        """Begin its idle time anew."""
        if sandbox_id in self._rows:
            self.store(touched(self._rows[sandbox_id], now_s=self._clock()))

    def drop(self, sandbox_id: str) -> None:
        """Take a row out."""
        del self._rows[sandbox_id]
        self._condition.notify_all()

    async def settled(self, sandbox_id: str, *, longest_s: float) -> SandboxRow | None:
        """Wait until a sandbox has come to rest, for a time; return it, None if it is gone."""
        with suppress(TimeoutError):
            async with asyncio.timeout(longest_s):
                await self._condition.wait_for(lambda: not self._is_changing(sandbox_id))
        return self._rows.get(sandbox_id)

    def _is_changing(self, sandbox_id: str) -> bool:
        return sandbox_id in self._rows and self._rows[sandbox_id].is_changing

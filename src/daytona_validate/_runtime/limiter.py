"""The slots of one client: the single bound on how much runs at a time, over all its calls."""

from __future__ import annotations

import asyncio

from daytona_validate._errors import QueueFull, SandboxUnavailable


class SlotTimeout(SandboxUnavailable):
    """No slot became free within the time that its caller was ready to wait.

    Args:
        where: Whose slots, as in ` of the host`.
        wait_s: The seconds waited.
    """

    def __init__(self, wait_s: float | None, *, where: str = "") -> None:
        super().__init__(f"No slot{where} became free in {wait_s:g} s (DAYTONA_QUEUE_TIMEOUT)")


class Slots:
    """Fair semaphore with a bounded queue: it counts those that wait, and can refuse more.

    Args:
        total: How many slots there are, at least 1.
        max_waiting: How many may wait for one; None: any number; 0: nobody waits.
        longest_wait_s: How long each may wait; None: for ever.
    """

    def __init__(
        self, total: int, *, max_waiting: int | None = None, longest_wait_s: float | None = None
    ) -> None:
        self.total = total
        self._free = asyncio.Semaphore(total)
        self._max_waiting = max_waiting
        self._longest_wait_s = longest_wait_s
        self._waiting = 0

    @property
    def waiting(self) -> int:
        """How many wait for a slot now."""
        return self._waiting

    def refuse_if_full(self) -> None:
        """Refuse more work while no slot is free and the queue is full.

        Raises:
            QueueFull: As many wait as may. The caller's fault: it should shed load or wait.
        """
        if self._max_waiting is None or not self._free.locked():
            return
        if self._waiting >= self._max_waiting:
            raise QueueFull(
                f"All {self.total} slots are taken and {self._waiting} snippets wait for one; "
                f"max_queue allows {self._max_waiting}. Try again later."
            )

    async def take(self) -> None:
        """Take one slot; whoever asked first gets the next that becomes free.

        Raises:
            SlotTimeout: None became free in time.
        """
        if not self._free.locked():
            await self._free.acquire()  # at once
            return
        self._waiting += 1
        try:
            async with asyncio.timeout(self._longest_wait_s):
                await self._free.acquire()
        except TimeoutError as error:
            raise SlotTimeout(self._longest_wait_s) from error
        finally:
            self._waiting -= 1

    def give_back(self) -> None:
        """Give back a slot that was taken."""
        self._free.release()

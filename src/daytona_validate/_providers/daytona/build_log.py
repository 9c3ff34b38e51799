"""What a snapshot's build prints, followed beside the wait for its end.

It is for people: that it cannot be had never fails a build.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from daytona_validate._providers.daytona.wire.failures import ServiceFailure
from daytona_validate._providers.daytona.wire.service import Service
from daytona_validate._runtime.tasks import ended

POLL_S = 1.0
READ_OUT_S = 5.0
"""How long the rest of a log is waited for once the build has ended."""


class BuildLog:
    """Follows the log of one build.

    Args:
        service: Sends the requests.
        on_text: Given what is printed, in pieces of any length.
        sleep: Waits for some seconds.
    """

    def __init__(
        self,
        service: Service,
        on_text: Callable[[str], None],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._service = service
        self._on_text = on_text
        self._sleep = sleep
        self._task: asyncio.Task[None] | None = None
        self._has_text = False

    def follow(self, snapshot_id: str) -> None:
        """Follow the log of a build in the background; asked for again, nothing changes."""
        if self._task is None:
            self._task = asyncio.create_task(self._read(snapshot_id))

    async def read_out(self) -> None:
        """Wait for the rest of the log, of which there may be none."""
        if self._task is not None and self._has_text:
            await asyncio.wait({self._task}, timeout=READ_OUT_S)

    async def aclose(self) -> None:
        """Stop following."""
        task = self._task
        if task is not None:
            task.cancel()
            await ended(task)
            if not task.cancelled():
                task.result()  # what the receiver of the text raised

    async def _read(self, snapshot_id: str) -> None:
        """Read a log from its start to its end; it can be had only some time after the request."""
        while not self._has_text:
            with suppress(ServiceFailure):
                async for text in self._service.build_logs(snapshot_id):
                    self._has_text = True
                    self._on_text(text)
                return
            await self._sleep(POLL_S)

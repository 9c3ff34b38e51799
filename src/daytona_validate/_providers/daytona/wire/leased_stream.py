"""An answer's body that gives its connection back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import httpx


class LeasedStream(httpx.AsyncByteStream):
    """A body whose connection is given back when it is closed, once.

    Args:
        body: The body itself.
        give_back: Told whether the body was read to its end, so that another request may follow.
    """

    def __init__(
        self, body: httpx.AsyncByteStream, give_back: Callable[[bool], Awaitable[None]]
    ) -> None:
        self._body = body
        self._give_back = give_back
        self._is_whole = False
        self._is_closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Read the body."""
        async for part in self._body:
            yield part
        self._is_whole = True

    async def aclose(self) -> None:
        """Give the connection back, also if the task is cancelled meanwhile."""
        if self._is_closed:
            return
        self._is_closed = True
        is_clean = False
        try:
            await self._body.aclose()
            is_clean = self._is_whole
        finally:
            await self._give_back(is_clean)

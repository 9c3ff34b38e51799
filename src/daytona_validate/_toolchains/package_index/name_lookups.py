"""Looking names up for an installer, in a few threads of their own.

The system's look-up blocks, for half a minute where no server answers, and cannot be called off.
The event loop's own threads, in which it would be by default, also start and watch sandboxes.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

MOST_AT_ONCE = 4
"""An installer has three hosts at most, and asks for each again and again."""


class NameLookups:
    """Bounded resolver of host names: a look-up that nobody waits for any more keeps its thread.

    It belongs to one event loop.

    Args:
        look: `socket.getaddrinfo`, or something like it.
    """

    def __init__(self, look: Callable[..., list[Any]] = socket.getaddrinfo) -> None:
        self._look = look
        self._free = asyncio.Semaphore(MOST_AT_ONCE)

    async def addresses(self, host: str, port: int) -> list[str]:
        """Return a host's addresses, in the order in which they are to be tried.

        Raises:
            OSError: The name is none, or cannot be looked up just now.
        """
        await self._free.acquire()
        loop = asyncio.get_running_loop()
        found: asyncio.Future[list[Any]] = loop.create_future()

        def settle(value: list[Any] | Exception) -> None:
            self._free.release()
            if found.done():
                return
            if isinstance(value, Exception):
                found.set_exception(value)
            else:
                found.set_result(value)

        def work() -> None:
            value: list[Any] | Exception
            try:
                value = self._look(host, port, type=socket.SOCK_STREAM)
            except Exception as error:  # noqa: BLE001 - handed to who waits
                value = error
            with suppress(RuntimeError):  # the loop has ended, and nobody waits
                loop.call_soon_threadsafe(settle, value)

        try:
            # A daemon, for which no interpreter waits at its end.
            threading.Thread(target=work, name="daytona-validate-name", daemon=True).start()
        except RuntimeError as error:
            self._free.release()
            raise OSError(errno.EAGAIN, str(error)) from error
        return list(dict.fromkeys(str(place[0]) for *_, place in await found))

"""Connection pool: which connection serves whom, how many there are, and what is sent again.

Once a byte is sent, nobody can know what became of it: only reading is ever sent again, once,
where a connection that had served before died without a byte of an answer. What creates, runs
or deletes is repeated by who knows whether that is safe.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import ssl
import time
from collections.abc import Awaitable, Callable
from contextvars import Context
from dataclasses import dataclass
from typing import Any

import httpx

from daytona_validate._providers.daytona.wire.exchange import Answer, Message
from daytona_validate._providers.daytona.wire.http_connection import HttpConnection
from daytona_validate._runtime.tasks import cancels, hide, retrieve

KEEPALIVE_S = 25.0
"""Less than the 30 s after which Daytona's proxy drops idle connections."""
READING = ("GET", "HEAD")
"""All that may be sent twice."""
_CLOSING_S = 1.0
"""Longest wait for sockets to be closed; it takes no word from the other end."""
_ADDRESS_LEAD_S = 0.25
"""Before the next address of a name is tried as well (RFC 8305)."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Server, as it is reached and as requests name it."""

    host: str
    port: int
    is_tls: bool
    name: str
    """For the header `Host`."""

    @property
    def is_address(self) -> bool:
        """Whether no resolver is asked."""
        try:
            ipaddress.ip_address(self.host)
        except ValueError:
            return False
        return True


class ConnectionPool:
    """Connection pool, last in first out, of at most so many connections, free ones included.

    Args:
        tls: Returns what TLS trusts.
        max_connections: Open at a time; a request beyond waits, at most for its pool time-out.
        keepalive_s: After which a free connection is closed.
        clock: Seconds that only ever grow.
    """

    def __init__(
        self,
        tls: Callable[[], Awaitable[ssl.SSLContext]],
        *,
        max_connections: int,
        keepalive_s: float = KEEPALIVE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.is_closed = False
        self._tls = tls
        self._max_connections = max_connections
        self._keepalive_s = keepalive_s
        self._clock = clock
        self._permits = asyncio.Semaphore(max_connections)
        self._open: set[HttpConnection] = set()
        self._free: dict[Origin, dict[HttpConnection, float]] = {}
        self._alarm: asyncio.TimerHandle | None = None
        """When the next free one expires; None: none is free."""
        self._connecting: set[asyncio.Task[Any]] = set()
        self._in_use = 0
        self._all_closed = asyncio.Event()

    async def answer(self, origin: Origin, message: Message) -> Answer:
        """Send a message to a server and return its answer.

        Raises:
            TimeoutError: The exchange took longer than it may.
            httpx.TransportError: There is no answer.
        """
        end_s = asyncio.get_running_loop().time() + message.longest_s
        if self._permits.locked():
            await self._wait(message.pool_s)
        else:
            await self._permits.acquire()  # without a wait
        self._in_use += 1
        try:
            return await self._answer(origin, message, end_s)
        finally:
            self._in_use -= 1
            self._permits.release()

    async def aclose(self) -> None:
        """Close all connections, and return when they are; a request in flight fails."""
        self.is_closed = True
        if self._alarm is not None:
            self._alarm.cancel()
        for each in self._connecting:
            each.cancel()
        for connection in tuple(self._open):
            connection.fail(httpx.ReadError("the client is closed"))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CLOSING_S):
                if self._connecting:
                    await asyncio.wait(self._connecting)
                while self._open:
                    self._all_closed.clear()
                    await self._all_closed.wait()

    async def _wait(self, longest_s: float) -> None:
        try:
            async with asyncio.timeout(longest_s):
                await self._permits.acquire()
        except TimeoutError:
            busy = f"all {self._max_connections} connections are in use"
            raise httpx.PoolTimeout(busy) from None

    async def _answer(self, origin: Origin, message: Message, end_s: float) -> Answer:
        if self.is_closed:
            raise httpx.ConnectError("the client is closed")
        old = self._old(origin)
        if old is not None:
            try:
                return await self._over(old, origin, message, end_s)
            except (httpx.ReadError, httpx.RemoteProtocolError):
                if old.has_heard or message.method not in READING:
                    raise
        new = await self._new(origin, message.connect_s)
        return await self._over(new, origin, message, end_s)

    async def _over(
        self, connection: HttpConnection, origin: Origin, message: Message, end_s: float
    ) -> Answer:
        answer = await connection.exchange(message, end_s)
        if connection.is_open:
            self._free.setdefault(origin, {})[connection] = self._clock()
            if self._alarm is None:
                self._look_in(self._keepalive_s)
        return answer

    def _old(self, origin: Origin) -> HttpConnection | None:
        """Return the connection that was used last, if one can be used again."""
        free = self._free.get(origin)
        while free:
            connection, since_s = free.popitem()
            if self._clock() - since_s < self._keepalive_s and connection.is_usable():
                return connection
            connection.abort()
        return None

    def _look_in(self, wait_s: float) -> None:
        loop = asyncio.get_running_loop()
        self._alarm = loop.call_later(wait_s, self._close_expired, context=Context())

    def _close_expired(self) -> None:
        """Close what has expired though nobody asks for a connection, and look again for others."""
        self._alarm = None
        self._make_room()
        if self._free:
            oldest_s = min(next(iter(free.values())) for free in self._free.values())
            self._look_in(max(0.0, oldest_s + self._keepalive_s - self._clock()))

    def _make_room(self) -> None:
        """Close what is free and has expired, or stands in the way of a new one."""
        expired_s = self._clock() - self._keepalive_s
        count = sum(map(len, self._free.values()))
        for free in self._free.values():
            while free:
                oldest, since_s = next(iter(free.items()))
                if self._in_use + count <= self._max_connections and since_s > expired_s:
                    break
                del free[oldest]
                oldest.abort()
                count -= 1
        self._free = {origin: free for origin, free in self._free.items() if free}

    async def _new(self, origin: Origin, longest_s: float) -> HttpConnection:
        """Connect to a server; where that fails at once, once more.

        Raises:
            httpx.TransportError: There is no connection; nothing was sent.
        """
        failure: Exception
        try:
            async with asyncio.timeout(longest_s):
                try:
                    return await self._connected(origin)
                except ssl.SSLCertVerificationError:
                    raise
                except OSError:
                    return await self._connected(origin)
        except TimeoutError:
            failure = httpx.ConnectTimeout(f"no connection within {longest_s:g} s")
        except (OSError, ValueError) as error:  # ValueError: a name that is none
            failure = httpx.ConnectError(str(error))
        raise failure

    async def _connected(self, origin: Origin) -> HttpConnection:
        before = cancels()
        # In no caller's context: what reads from a connection would keep it as long as that lives,
        # and in it a snippet with all of its files.
        task = asyncio.get_running_loop().create_task(self._connect(origin), context=Context())
        self._connecting.add(task)
        task.add_done_callback(self._connecting.discard)
        task.add_done_callback(retrieve)
        hide(task)
        try:
            return await task
        except asyncio.CancelledError:
            if cancels() == before:
                raise httpx.ConnectError("the client is closed") from None
            if task.done() and not task.cancelled() and task.exception() is None:
                task.result().abort()
            raise

    async def _connect(self, origin: Origin) -> HttpConnection:
        self._make_room()
        loop = asyncio.get_running_loop()
        made = HttpConnection(loop, origin.name, on_made=self._open.add, on_lost=self._lost)
        options: dict[str, Any] = {}
        if origin.is_tls:
            options |= {"ssl": await self._tls(), "server_hostname": origin.host}
        if isinstance(loop, asyncio.BaseEventLoop) and not origin.is_address:
            options["happy_eyeballs_delay"] = _ADDRESS_LEAD_S  # uvloop does not know it
        await loop.create_connection(lambda: made, origin.host, origin.port, **options)
        return made

    def _lost(self, connection: HttpConnection) -> None:
        self._open.discard(connection)
        if not self._open:
            self._all_closed.set()

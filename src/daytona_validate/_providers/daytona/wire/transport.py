"""One leased connection for each request in flight.

httpx's own pool looks at every connection for every request, so that 1,000 requests in flight
cost a million looks. Here each connection is a pool of one, and those that are free lie on a
stack for each server. What a pool of one does well stays its own business: TLS, HTTP/1.1, and
finding, before anything is sent, that the server has hung up.

Once a byte is sent, nobody can know what became of it: only reading is ever sent again here.
What creates, runs or deletes is repeated by who knows whether that is safe.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Literal
from urllib.request import getproxies

import httpx

from daytona_validate._core.printable import one_line
from daytona_validate._errors import ConfigurationError
from daytona_validate._providers.daytona.wire.connection import Connection

KEEPALIVE_S = 25.0
"""Less than the 30 s after which Daytona's proxy drops idle connections."""
_READING = ("GET", "HEAD")


class LeasedTransport(httpx.AsyncBaseTransport):
    """Connection pool that leases each request a connection of its own; its making reads files.

    Args:
        max_connections: Open at a time; a request beyond waits, at most for its pool time-out.
        keepalive_s: After which a free connection is closed.
        clock: Seconds that only ever grow.
    """

    def __init__(
        self,
        *,
        max_connections: int = 100,
        keepalive_s: float = KEEPALIVE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ssl_context = httpx.create_ssl_context()
        self._proxies = getproxies()
        self._max_connections = max_connections
        self._keepalive_s = keepalive_s
        self._clock = clock
        self._permits = asyncio.Semaphore(max_connections)
        self._open: set[Connection] = set()
        self._free: defaultdict[httpx.URL, deque[Connection]] = defaultdict(deque)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request over a connection of its own and return the answer, not yet read."""
        await self._permit(request.extensions.get("timeout", {}).get("pool"))
        try:
            server = request.url.copy_with(raw_path=b"/")
            return await self._sent(request, await self._lease(server))
        except BaseException:
            self._permits.release()
            raise

    async def aclose(self) -> None:
        """Close all connections; a request in flight fails."""
        self._free.clear()
        while self._open:
            await self._open.pop().aclose()

    async def _permit(self, longest_s: float | None) -> None:
        try:
            async with asyncio.timeout(longest_s):
                await self._permits.acquire()
        except TimeoutError:
            busy = f"all {self._max_connections} connections are in use"
            raise httpx.PoolTimeout(busy) from None

    async def _lease(self, server: httpx.URL) -> Connection:
        """Return the connection to a server that was used last, else a new one."""
        while (evictable := self._evictable(server)) is not None:
            await self._close(evictable)
        return self._free[server].pop() if self._free[server] else self._connection(server)

    def _evictable(self, server: httpx.URL) -> Connection | None:
        """Take out a free connection that has expired, or stands in the way of a new one."""
        expired_s = self._clock() - self._keepalive_s
        is_full = not self._free[server] and len(self._open) >= self._max_connections
        for free in self._free.values():
            if free and (is_full or (free[0].idle_since_s or 0.0) <= expired_s):
                return free.popleft()
        return None

    def _connection(self, server: httpx.URL) -> Connection:
        connection = Connection(
            server,
            ssl_context=self._ssl_context,
            proxies=self._proxies,
            keepalive_s=self._keepalive_s,
        )
        self._open.add(connection)
        return connection

    async def _sent(self, request: httpx.Request, connection: Connection) -> httpx.Response:
        try:
            response = await connection.send(request)
        except BaseException as error:
            await self._close(connection)
            is_lost = isinstance(error, httpx.ReadError | httpx.RemoteProtocolError)
            is_reused = connection.idle_since_s is not None
            if not (is_reused and is_lost and request.method in _READING):
                raise
        else:
            body = response.stream
            assert isinstance(body, httpx.AsyncByteStream)  # noqa: S101 - for the type checker
            response.stream = LeasedStream(body, lambda ok: self._give_back(connection, ok))
            return response
        return await self._sent(request, self._connection(connection.server))

    async def _give_back(self, connection: Connection, is_clean: bool) -> None:
        try:
            if is_clean and connection in self._open:
                connection.idle_since_s = self._clock()
                self._free[connection.server].append(connection)
            else:
                await self._close(connection)
        finally:
            self._permits.release()

    async def _close(self, connection: Connection) -> None:
        self._open.discard(connection)
        await connection.aclose()


class LeasedStream(httpx.AsyncByteStream):
    """Response body that returns its connection to the pool when it is closed, once.

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


def http_client(
    *, max_connections: int = 100, pool: Literal["leased", "httpx"] = "leased"
) -> httpx.AsyncClient:
    """Return a client for the service; make it outside the event loop.

    Args:
        max_connections: Open at a time.
        pool: `httpx` is the way back to httpx's own pool.

    Raises:
        ConfigurationError: The environment names certificates that cannot be read.
    """
    try:
        return _http_client(max_connections, pool)
    except OSError as error:  # `ssl.SSLError` is one too; neither says which file it was
        raise ConfigurationError(
            "SSL_CERT_FILE and SSL_CERT_DIR accept certificates (PEM) that can be read "
            f"({one_line(str(error))})"
        ) from error


def _http_client(max_connections: int, pool: Literal["leased", "httpx"]) -> httpx.AsyncClient:
    if pool == "leased":
        transport = LeasedTransport(max_connections=max_connections)
        return httpx.AsyncClient(transport=transport, follow_redirects=False)
    limits = httpx.Limits(max_connections=max_connections, keepalive_expiry=KEEPALIVE_S)
    direct = dict.fromkeys(("all://localhost", "all://127.0.0.1", "all://[::1]"))
    return httpx.AsyncClient(limits=limits, mounts=direct, follow_redirects=False)

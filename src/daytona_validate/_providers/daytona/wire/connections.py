"""Connection pool: aiohttp's connector connects, and which connection serves whom is told here.

In aiohttp 3.14 a pool uses the connection that was free the longest, so that none of them ever
expires; it counts only those in use; what a server sends before it is asked becomes the answer
to the next request; and a TLS connection that is given up says goodbye for up to 30 seconds.
"""

from __future__ import annotations

import asyncio
import select
import ssl
from collections import deque
from collections.abc import Callable
from typing import TypeAlias
from weakref import WeakSet

import aiohttp
import httpx
from aiohttp.client_proto import ResponseHandler
from aiohttp.client_reqrep import ConnectionKey
from aiohttp.connector import Connection
from aiohttp.tracing import Trace

from daytona_validate._providers.daytona.wire.aiohttp_failures import not_connected

READING = ("GET", "HEAD")
"""All that may be sent twice."""
_Free: TypeAlias = "deque[tuple[ResponseHandler, float]]"


class Connections(aiohttp.TCPConnector):
    """Connection pool, last in first out, of at most so many connections, free ones included.

    Args:
        ssl_context: For TLS with servers and proxies.
        max_connections: Open at a time. Whoever uses it sees to it that no more are in use.
        keepalive_s: After which a free connection is closed.
        clock: Seconds that only ever grow.
    """

    def __init__(
        self,
        *,
        ssl_context: ssl.SSLContext,
        max_connections: int,
        keepalive_s: float,
        clock: Callable[[], float],
    ) -> None:
        super().__init__(ssl=ssl_context, limit=0, resolver=aiohttp.ThreadedResolver())
        self._max_connections = max_connections
        self._keepalive_s = keepalive_s
        self._clock = clock
        self._free: dict[ConnectionKey, _Free] = {}
        self._connecting: set[asyncio.Timeout] = set()
        self._unfinished: set[asyncio.Future[None]] = set()
        """What is being opened or closed."""
        self._on_old: WeakSet[aiohttp.ClientRequest] = WeakSet()

    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: list[Trace],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 - aiohttp's own
    ) -> Connection:
        """Return a connection for a request: a new one, where it comes for the second time.

        Raises:
            httpx.TransportError: There is none; nothing was sent.
        """
        if req in self._on_old:
            self._on_old.discard(req)
        elif (old := self._old(req.connection_key)) is not None:
            if req.method in READING:
                self._on_old.add(req)
            return old
        ended = self._loop.create_future()
        self._unfinished.add(ended)
        scope = asyncio.timeout(None)  # which closing makes end at once
        try:
            async with scope:
                self._connecting.add(scope)
                self._make_room()
                connection = await super().connect(req, traces, timeout)
                protocol = connection.protocol
                # Asked for now, it is told of its end.
                assert protocol is not None and protocol.closed is not None  # noqa: S101, PT018
                return connection
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing was sent
            is_closed = scope.expired()
            failure = httpx.ConnectError("closed") if is_closed else not_connected(error)
        finally:
            self._connecting.discard(scope)
            self._finished(ended)
        raise failure  # outside, so that it has no context: that may show what is to be hidden

    def may_be_sent_again(self, req: aiohttp.ClientRequest) -> bool:
        """Return whether a request only reads, and was sent over a connection that had served."""
        return req in self._on_old

    async def close(self, *, abort_ssl: bool = True) -> None:
        """Close all connections, also those in use, and return when they are."""
        while self._connecting:
            self._connecting.pop().reschedule(self._loop.time())
        for each in tuple(self._acquired):
            self._end(each)
        while self._unfinished:  # aiohttp's own waiting would cancel them, if it is cancelled
            await asyncio.wait(self._unfinished)
        await super().close(abort_ssl=abort_ssl)

    def _release(
        self, key: ConnectionKey, protocol: ResponseHandler, *, should_close: bool = False
    ) -> None:
        if should_close or protocol.should_close or self._closed:
            self._end(protocol)
            super()._release(key, protocol, should_close=True)
        else:
            protocol._parser = None  # noqa: SLF001 - what comes now is junk, and is kept as such
            self._free.setdefault(key, deque()).append((protocol, self._clock()))

    def _old(self, key: ConnectionKey) -> Connection | None:
        """Return the connection that was used last, if one can be used again."""
        expired_s = self._clock() - self._keepalive_s
        free = self._free.get(key)
        while free:
            protocol, since_s = free.pop()
            if since_s > expired_s and _is_usable(protocol):
                return Connection(self, key, protocol, self._loop)
            self._release(key, protocol, should_close=True)
        return None

    def _make_room(self) -> None:
        """Close what is free and has expired, or stands in the way of a new one."""
        expired_s = self._clock() - self._keepalive_s
        for key, free in self._free.items():
            while free:
                is_full = len(self._acquired) >= self._max_connections
                if not is_full and free[0][1] > expired_s:
                    break
                self._release(key, free.popleft()[0], should_close=True)
        self._free = {key: free for key, free in self._free.items() if free}

    def _end(self, protocol: ResponseHandler) -> None:
        closed = protocol.closed
        if closed is not None and not closed.done():
            self._unfinished.add(closed)
            closed.add_done_callback(self._finished)
        protocol.abort()

    def _finished(self, what: asyncio.Future[None]) -> None:
        self._unfinished.discard(what)
        if not what.done():
            what.set_result(None)
        what.exception()  # so that nobody is told that nobody asked


def _is_usable(protocol: ResponseHandler) -> bool:
    """Return whether a free connection is open and has sent nothing since it was freed."""
    transport = protocol.transport
    if transport is None or transport.is_closing() or protocol.should_close:
        return False
    waiting = select.poll()  # the loop may not have come to what is there to be read
    waiting.register(transport.get_extra_info("socket"), select.POLLIN)
    return not waiting.poll(0)

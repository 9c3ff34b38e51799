"""HTTP client of our own: over its own connections, or over httpx where a proxy is on the way.

What httpx adds to an exchange costs more than the exchange, and none of it is needed for JSON
that comes whole. Proxies and what is read as it comes are rare, and httpx knows them well.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable, Coroutine
from functools import lru_cache, partial
from typing import Self
from urllib.request import getproxies

import httpx

from daytona_validate._core.printable import one_line
from daytona_validate._errors import ConfigurationError
from daytona_validate._providers.daytona.wire.connection_pool import (
    KEEPALIVE_S,
    ConnectionPool,
    Origin,
)
from daytona_validate._providers.daytona.wire.exchange import Answer, Message, OverHttpx
from daytona_validate._providers.daytona.wire.proxies import proxy_for
from daytona_validate._runtime.tasks import hide, retrieve

_PORTS = {"http": 80, "https": 443}


class HttpClient:
    """HTTP client for exchanges; its making reads files.

    Args:
        max_connections: Open at a time; a request beyond waits, at most for its pool time-out.
        needs_tls: Whether to read whom TLS trusts now, and not when it is first needed.
        keepalive_s: After which a free connection is closed.
        clock: Seconds that only ever grow.
    """

    def __init__(
        self,
        *,
        max_connections: int = 100,
        needs_tls: bool = True,
        keepalive_s: float = KEEPALIVE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limits = httpx.Limits(
            max_connections=max_connections,
            max_keepalive_connections=max_connections,
            keepalive_expiry=keepalive_s,
        )
        self._trusted = _trusted() if needs_tls else None
        self._trusting = asyncio.Lock()
        self._pool = ConnectionPool(
            self._tls, max_connections=max_connections, keepalive_s=keepalive_s, clock=clock
        )
        self._over_httpx: dict[str, httpx.AsyncClient] = {}
        self._way = lru_cache(256)(partial(_way, proxies=getproxies()))

    @property
    def is_closed(self) -> bool:
        """Whether nothing can be sent any more."""
        return self._pool.is_closed

    async def answer(self, message: Message) -> Answer:
        """Send a message and return its answer.

        Raises:
            TimeoutError: The exchange took longer than it may.
            httpx.TransportError: There is no answer.
            httpx.InvalidURL: Its origin is none.
        """
        origin, proxy = self._way(message.origin)
        if proxy is None:
            return await self._pool.answer(origin, message)
        client = OverHttpx(await self._over(message.origin, proxy))
        return await _called_off_once(client.answer(message))

    async def response(self, message: Message) -> httpx.Response:
        """Send a message and return its answer, not yet read; whoever has it closes it.

        Raises:
            httpx.TransportError: There is no answer.
            httpx.InvalidURL: Its origin is none.
        """
        _, proxy = self._way(message.origin)
        return await OverHttpx(await self._over(message.origin, proxy)).response(message)

    async def aclose(self) -> None:
        """Close all connections, and return when they are; a request in flight fails."""
        await self._pool.aclose()
        for client in self._over_httpx.values():
            await client.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def _over(self, origin: str, proxy: httpx.Proxy | None) -> httpx.AsyncClient:
        if self.is_closed:
            raise httpx.ConnectError("the client is closed")
        trusted = await self._tls()
        if origin not in self._over_httpx:
            if proxy is not None and proxy.url.scheme == "https":
                proxy.ssl_context = trusted
            self._over_httpx[origin] = httpx.AsyncClient(
                proxy=proxy, verify=trusted, limits=self._limits, trust_env=False
            )
        return self._over_httpx[origin]

    async def _tls(self) -> ssl.SSLContext:
        async with self._trusting:
            if self._trusted is None:
                self._trusted = await asyncio.to_thread(_trusted)
            return self._trusted


def http_client(*, max_connections: int = 100, needs_tls: bool = True) -> HttpClient:
    """Return what sends requests to the service where a caller has no client of their own.

    Make it outside the event loop.

    Args:
        max_connections: Open at a time.
        needs_tls: Whether the service's address begins with https.

    Raises:
        ConfigurationError: The environment names certificates that cannot be read.
    """
    try:
        return HttpClient(max_connections=max_connections, needs_tls=needs_tls)
    except OSError as error:  # `ssl.SSLError` is one too; neither says which file it was
        raise ConfigurationError(
            "SSL_CERT_FILE and SSL_CERT_DIR accept certificates (PEM) that can be read "
            f"({one_line(str(error))})"
        ) from error


async def _called_off_once(work: Coroutine[object, object, Answer]) -> Answer:
    """Return what work returns; httpcore 1.0 leaves a connection open that is given up twice."""
    task = asyncio.ensure_future(work)
    task.add_done_callback(retrieve)
    hide(task)
    try:
        await asyncio.wait({task})
    except asyncio.CancelledError:
        task.cancel()
        await asyncio.wait({task})
        raise
    return task.result()


def _trusted() -> ssl.SSLContext:
    context = httpx.create_ssl_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


def _way(origin: str, *, proxies: dict[str, str]) -> tuple[Origin, httpx.Proxy | None]:
    url = httpx.URL(origin)
    if url.scheme not in _PORTS or not url.host:
        raise httpx.UnsupportedProtocol("the address is neither http nor https")
    server = Origin(
        host=url.raw_host.decode(),
        port=url.port or _PORTS[url.scheme],
        is_tls=url.scheme == "https",
        name=url.netloc.decode(),
    )
    return server, proxy_for(url, proxies) if proxies else None

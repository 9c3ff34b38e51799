"""HTTP transport: httpx's interface over aiohttp's session, and the rules for requests of ours.

`httpx-aiohttp` 0.2 has the same interface and falls short: it says of a lost answer that there
was no connection, sends a DELETE twice, knows no time-out for writing, and keeps cookies.

Once a byte is sent, nobody can know what became of it: only reading is ever sent again here.
What creates, runs or deletes is repeated by who knows whether that is safe.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import lru_cache, partial
from urllib.request import getproxies

import aiohttp
import httpx
from yarl import URL

from daytona_validate._core.printable import one_line
from daytona_validate._errors import ConfigurationError
from daytona_validate._providers.daytona.wire.aiohttp_failures import EXCHANGE_ERRORS, broken_off
from daytona_validate._providers.daytona.wire.connections import Connections
from daytona_validate._providers.daytona.wire.hidden_text import HiddenText
from daytona_validate._providers.daytona.wire.message_bodies import (
    AnswerBody,
    payload,
    wake_when_lost,
)
from daytona_validate._providers.daytona.wire.proxies import proxy_for

KEEPALIVE_S = 25.0
"""Less than the 30 s after which Daytona's proxy drops idle connections."""
_HEAD_BYTES = 64 * 1024
"""Of one line of an answer's head: gateways send long policies."""
_SECRET = (b"authorization", b"proxy-authorization")
_IS_SAID_BY_AIOHTTP = b"transfer-encoding"


class AiohttpTransport(httpx.AsyncBaseTransport):
    """Transport of httpx's over aiohttp's session; its making reads files.

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
        self.is_closed = False
        self._max_connections = max_connections
        self._permits = asyncio.Semaphore(max_connections)
        self._connections = partial(
            Connections,
            ssl_context=httpx.create_ssl_context(),
            max_connections=max_connections,
            keepalive_s=keepalive_s,
            clock=clock,
        )
        self._session: aiohttp.ClientSession | None = None  # it needs a running loop
        self._proxies = getproxies()
        self._proxy = lru_cache(256)(partial(proxy_for, proxies=self._proxies))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and return the answer, not yet read.

        Raises:
            httpx.TransportError: There is none.
        """
        times = request.extensions.get("timeout", {})
        await self._permit(times.get("pool"))
        try:
            answer = await self._answer(request, times)
        except BaseException:
            self._permits.release()
            raise
        body = AnswerBody(answer, self._permits.release)
        return httpx.Response(answer.status, headers=answer.raw_headers, stream=body)

    async def aclose(self) -> None:
        """Close all connections, and return when they are; a request in flight fails."""
        self.is_closed = True
        if self._session is not None:
            await self._session.close()

    async def _permit(self, longest_s: float | None) -> None:
        if not self._permits.locked():
            await self._permits.acquire()  # without a wait
            return
        try:
            async with asyncio.timeout(longest_s):
                await self._permits.acquire()
        except TimeoutError:
            busy = f"all {self._max_connections} connections are in use"
            raise httpx.PoolTimeout(busy) from None

    async def _answer(
        self, request: httpx.Request, times: dict[str, float | None]
    ) -> aiohttp.ClientResponse:
        if self.is_closed:
            raise httpx.ConnectError("the transport is closed")
        content = await request.aread()
        try:
            url = _url(request)
            headers = _headers(request)
            proxy = self._proxy(url.origin()) if self._proxies else None
            if (
                proxy and url.scheme == "http"
            ):  # where it forwards: aiohttp tells it by CONNECT only
                headers += proxy.headers.items()
            answer = await (self._session or self._opened()).request(
                request.method,
                url,
                headers=headers,
                data=payload(content, times.get("write")),
                timeout=_timeout(times.get("connect"), times.get("read")),
                allow_redirects=False,
                proxy=proxy.url if proxy else None,
                proxy_headers=proxy.headers if proxy else None,
            )
        except EXCHANGE_ERRORS as error:
            failure = broken_off(error)
        else:
            wake_when_lost(answer)
            return answer
        raise failure

    def _opened(self) -> aiohttp.ClientSession:
        self._pool = self._connections()
        self._session = aiohttp.ClientSession(
            connector=self._pool,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            max_line_size=_HEAD_BYTES,
            max_field_size=_HEAD_BYTES,
            middlewares=(self._exchange,),
        )
        return self._session

    async def _exchange(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        """Send a request once; reading twice, where a connection died that had served before.

        aiohttp itself sends whatever is idempotent again, by the names of its own exceptions.
        """
        try:
            return await handler(request)
        except EXCHANGE_ERRORS as error:
            failure = broken_off(error)
        is_lost = isinstance(failure, httpx.ReadError | httpx.RemoteProtocolError)
        if is_lost and self._pool.may_be_sent_again(request):
            return await self._exchange(request, handler)
        raise failure


def http_client(*, max_connections: int = 100) -> AiohttpTransport:
    """Return what sends requests to the service where a caller has no client of their own.

    Make it outside the event loop.

    Args:
        max_connections: Open at a time.

    Raises:
        ConfigurationError: The environment names certificates that cannot be read.
    """
    try:
        return AiohttpTransport(max_connections=max_connections)
    except OSError as error:  # `ssl.SSLError` is one too; neither says which file it was
        raise ConfigurationError(
            "SSL_CERT_FILE and SSL_CERT_DIR accept certificates (PEM) that can be read "
            f"({one_line(str(error))})"
        ) from error


def _url(request: httpx.Request) -> URL:
    target = request.extensions.get("target")  # httpx's: it stands in for the path and the query
    if target is None:
        return URL(str(request.url), encoded=True)
    return URL(f"{request.url.scheme}://{request.url.netloc.decode()}{target}", encoded=True)


def _headers(request: httpx.Request) -> list[tuple[str, str]]:
    return [
        (name.decode(), HiddenText(value.decode()) if name.lower() in _SECRET else value.decode())
        for name, value in request.headers.raw
        if name.lower() != _IS_SAID_BY_AIOHTTP
    ]


@lru_cache(256)
def _timeout(connect_s: float | None, read_s: float | None) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(connect=connect_s, sock_read=read_s)

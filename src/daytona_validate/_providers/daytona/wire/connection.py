"""One connection to one server: a pool of httpx's with room for one, and the socket under it."""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol
from urllib.request import proxy_bypass

import httpx

from daytona_validate._core.service_url import is_loopback

_PORTS = {"http": 80, "https": 443}
_Trace = Callable[[str, dict[str, Any]], Awaitable[None]]


class _Closable(Protocol):
    async def aclose(self) -> None: ...


class Connection:
    """One connection: opened by its first request, and again where the server closed it.

    Args:
        server: Its address.
        ssl_context: For TLS with the server or a proxy.
        proxies: As `urllib.request.getproxies` returns them.
        keepalive_s: After which it makes a new one rather than use an idle one.

    Raises:
        httpx.ProxyError: The environment names a proxy that cannot be used.
    """

    def __init__(
        self,
        server: httpx.URL,
        *,
        ssl_context: ssl.SSLContext,
        proxies: Mapping[str, str],
        keepalive_s: float,
    ) -> None:
        self.server = server
        self.idle_since_s: float | None = None
        """None: it has not served yet."""
        self._socket: _Closable | None = None
        try:
            self._pool = httpx.AsyncHTTPTransport(
                verify=ssl_context,
                limits=httpx.Limits(max_connections=1, keepalive_expiry=keepalive_s),
                proxy=proxy_for(server, proxies, ssl_context=ssl_context),
                retries=1,  # of connecting alone, where nothing has been sent; at once
            )
        except ImportError as error:
            raise httpx.ProxyError("a SOCKS proxy needs `pip install httpx[socks]`") from error

    async def send(self, request: httpx.Request) -> httpx.Response:
        """Send a request and return the answer, not yet read. If it fails, close."""
        theirs: _Trace | None = request.extensions.get("trace")

        async def trace(event: str, info: dict[str, Any]) -> None:
            if event == "connection.connect_tcp.complete":
                self._socket = info["return_value"]
            if theirs is not None:
                await theirs(event, info)

        request.extensions["trace"] = trace
        try:
            return await self._pool.handle_async_request(request)
        finally:
            del request.extensions["trace"]
            if theirs is not None:
                request.extensions["trace"] = theirs

    async def aclose(self) -> None:
        """Close it, at whatever point a request was given up."""
        try:
            await self._pool.aclose()
        finally:
            # httpcore 1.0.9 forgets a socket whose TLS handshake is cancelled.
            if self._socket is not None:
                await self._socket.aclose()


def proxy_for(
    url: httpx.URL, proxies: Mapping[str, str], *, ssl_context: ssl.SSLContext
) -> httpx.Proxy | None:
    """Return the proxy on the way to an address; None: there is none.

    Loopback never has one, whatever the environment says: nothing is between, and an API key
    would go to the proxy in plain text.

    Args:
        url: The address.
        proxies: As `urllib.request.getproxies` returns them.
        ssl_context: For a proxy that is itself reached over TLS.

    Raises:
        httpx.ProxyError: The environment names a proxy that makes no sense.
    """
    proxy = proxies.get(url.scheme) or proxies.get("all")
    server = f"{url.host}:{url.port or _PORTS.get(url.scheme, '')}"
    if not proxy or is_loopback(url.host) or proxy_bypass(server, dict(proxies)):
        return None
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    is_tls = proxy.lower().startswith("https:")
    try:
        return httpx.Proxy(proxy, ssl_context=ssl_context if is_tls else None)
    except (ValueError, httpx.InvalidURL):
        # Not `from` it: the address may hold a password.
        raise httpx.ProxyError(f"the proxy for {url.scheme} is no usable address") from None

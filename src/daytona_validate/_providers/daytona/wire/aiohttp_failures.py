"""Error mapping: what aiohttp's exceptions are called in httpx, whose names our callers know.

By whether anything was sent: that is clear where connecting failed, and doubtful after it.
None of them is a cause of what is returned: their traceback and `repr` show a request's headers.
"""

from __future__ import annotations

import aiohttp
import httpx

_CONNECTING: dict[type[Exception], type[httpx.TransportError]] = {
    aiohttp.InvalidURL: httpx.UnsupportedProtocol,
    aiohttp.ClientProxyConnectionError: httpx.ProxyError,
    # Only a proxy answers before there is a connection.
    aiohttp.ClientResponseError: httpx.ProxyError,
    aiohttp.ServerDisconnectedError: httpx.ProxyError,
    TimeoutError: httpx.ConnectTimeout,
    Exception: httpx.ConnectError,
}
_EXCHANGE: dict[type[Exception], type[httpx.TransportError]] = {
    aiohttp.InvalidURL: httpx.UnsupportedProtocol,
    aiohttp.NonHttpUrlClientError: httpx.UnsupportedProtocol,
    aiohttp.SocketTimeoutError: httpx.ReadTimeout,
    aiohttp.ServerDisconnectedError: httpx.RemoteProtocolError,
    aiohttp.ClientResponseError: httpx.RemoteProtocolError,
    aiohttp.ClientPayloadError: httpx.RemoteProtocolError,
    aiohttp.ClientError: httpx.ReadError,
    TimeoutError: httpx.WriteTimeout,
    OSError: httpx.ReadError,
    ValueError: httpx.LocalProtocolError,  # a header that would be two
}
EXCHANGE_ERRORS = tuple(_EXCHANGE)


def not_connected(error: Exception) -> httpx.TransportError:
    """Return what an exception before anything was sent means."""
    return _mapped(error, _CONNECTING)


def broken_off(error: Exception) -> httpx.TransportError:
    """Return what one of `EXCHANGE_ERRORS` means."""
    return _mapped(error, _EXCHANGE)


def _mapped(
    error: Exception, table: dict[type[Exception], type[httpx.TransportError]]
) -> httpx.TransportError:
    return next(table[each] for each in type(error).__mro__ if each in table)(_words(error))


def _words(error: Exception) -> str:
    """Return what an exception says, without addresses in memory and the request's address."""
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return f"{error.status} {error.message}"
    if isinstance(error, aiohttp.ClientResponseError):
        return error.message
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return str(error.certificate_error)
    if isinstance(error, aiohttp.ClientConnectorError):
        return str(error.os_error)
    return str(error)

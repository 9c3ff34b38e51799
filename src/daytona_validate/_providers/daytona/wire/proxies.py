"""Which proxy the environment wants between us and a server."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from urllib.request import proxy_bypass

import httpx

from daytona_validate._core.service_url import is_loopback

_PORTS = {"http": 80, "https": 443}


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

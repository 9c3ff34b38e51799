"""Proxies of the environment: which of them is on the way to an address, if any."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.request import proxy_bypass

import httpx

from daytona_validate._core.service_url import is_loopback

_SCHEMES = {"http": 80, "https": 443}


def proxy_for(url: httpx.URL, proxies: Mapping[str, str]) -> httpx.Proxy | None:
    """Return the proxy on the way to an address; None: there is none.

    Loopback never has one, whatever the environment says: nothing is between, and an API key
    would go to the proxy in plain text.

    Args:
        url: The address.
        proxies: As `urllib.request.getproxies` returns them.

    Raises:
        httpx.ProxyError: The environment names a proxy that cannot be used.
    """
    proxy = proxies.get(url.scheme) or proxies.get("all")
    host, port = url.host, url.port or _SCHEMES.get(url.scheme)
    if not proxy or is_loopback(host) or proxy_bypass(f"{host}:{port}", dict(proxies)):
        return None
    try:
        # httpx reads the address, so that it is understood as it is with a client of httpx's.
        known = httpx.Proxy(proxy if "://" in proxy else f"http://{proxy}")
    except (ValueError, httpx.InvalidURL):
        # Not `from` it: the address may hold a password.
        raise httpx.ProxyError(f"the proxy for {url.scheme} is no usable address") from None
    if known.url.scheme not in _SCHEMES:
        raise httpx.ProxyError(
            "a SOCKS proxy needs an HTTP client of your own: `pip install httpx[socks]` "
            "and Validator(http_client=httpx.AsyncClient())"
        )
    return known

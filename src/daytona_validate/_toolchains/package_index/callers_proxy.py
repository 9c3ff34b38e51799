"""The proxy that the caller's environment puts between this host and an index, if it does."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import proxy_bypass

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class CallersProxy:
    """HTTP proxy of the caller's."""

    host: str
    port: int
    is_tls: bool
    """Whether it is spoken to by TLS."""
    authorization: str = field(default="", repr=False)
    """The value of the header by which it knows the caller; empty: it asks for none."""


class UnusableProxy(Exception):
    """The environment names a proxy that cannot be used; its address is not repeated."""


def callers_proxy(
    scheme: str, host: str, port: int, environment: Mapping[str, str]
) -> CallersProxy | None:
    """Return the proxy on the way to a host, or None.

    Args:
        scheme: `http` or `https`.
        host: Where the way leads.
        port: Of the host.
        environment: Of the caller: `HTTPS_PROXY` and its kin, in capitals or small letters.

    Raises:
        UnusableProxy: It is no address of http or https.
    """
    proxies = _proxies(environment)
    named = proxies.get(scheme) or proxies.get("all")
    if not named or proxy_bypass(f"{host}:{port}", proxies):
        return None
    try:
        parts = urlsplit(named if "://" in named else f"http://{named}")
        usual_port = _PORTS[parts.scheme]
        proxy_port = parts.port or usual_port
    except (ValueError, KeyError):
        raise UnusableProxy(f"the proxy for {scheme} is no address of http or https") from None
    if not parts.hostname:
        raise UnusableProxy(f"the proxy for {scheme} has no host")
    return CallersProxy(parts.hostname, proxy_port, parts.scheme == "https", _authorization(parts))


def _proxies(environment: Mapping[str, str]) -> dict[str, str]:
    """Return them by scheme; small letters count more, as for curl and `urllib`."""
    by_scheme: dict[str, str] = {}
    for name in sorted(environment):  # capitals first
        scheme, ending = name[:-6].lower(), name[-6:].lower()
        # In a CGI program, HTTP_PROXY is a header of the request.
        if ending == "_proxy" and not (name == "HTTP_PROXY" and "REQUEST_METHOD" in environment):
            by_scheme[scheme] = environment[name]
    return by_scheme


def _authorization(parts: SplitResult) -> str:
    if parts.username is None:
        return ""
    user = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return f"Basic {base64.b64encode(user.encode()).decode()}"

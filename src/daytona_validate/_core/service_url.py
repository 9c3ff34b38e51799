"""Which addresses of a Daytona service may be given a key."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

DEFAULT_BASE_URL = "https://app.daytona.io/api"

_BORN_WITH_HOST = "api.daytona.io"
"""Host of the address that this project was born with; nothing of Daytona's answers there."""


def refusal(url: str) -> str | None:
    """Return why no key may be sent to an address and what to set instead, or None if it may.

    The text never repeats the address: it may hold a password.
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".").lower()
        _ = parts.port
    except ValueError:
        return "it is not a valid address; set one like " + DEFAULT_BASE_URL
    if host == _BORN_WITH_HOST:
        return f"Daytona's API is not at {_BORN_WITH_HOST}; set {DEFAULT_BASE_URL} instead"
    if parts.scheme not in ("http", "https") or not host:
        return "accepts an https address such as " + DEFAULT_BASE_URL
    if parts.username is not None or parts.query or parts.fragment:
        return "accepts an address without user name, password, query or fragment"
    if parts.scheme == "http" and not is_loopback(host):
        return "accepts http for this machine only (localhost, 127.0.0.1); set an https address"
    return None


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine by its very spelling, without asking a resolver."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

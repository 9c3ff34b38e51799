"""Which addresses of a Daytona service may be given a key."""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, urlsplit

DEFAULT_BASE_URL = "https://app.daytona.io/api"

_BORN_WITH_HOST = "api.daytona.io"
"""Host of the address that this project was born with; nothing of Daytona's answers there."""

BORN_WITH_ADVICE = (
    f"Daytona's API is not at {_BORN_WITH_HOST}, and nothing was sent there; "
    f"set DAYTONA_BASE_URL={DEFAULT_BASE_URL}"
)
"""What whoever still has that address is told. It is one line and holds nothing of theirs."""


def is_born_with(url: str) -> bool:
    """Return whether an address is the one that this project was born with, in any spelling.

    Programs of its first users have it in their settings. For them it is no error but a service
    that cannot be had: they get the fallback with `BORN_WITH_ADVICE`, and no key is sent there.
    One that holds a password is not it: settings refuse that, as they show addresses.
    """
    try:
        parts = urlsplit(url.strip())
        is_plain = parts.username is None and not parts.query and not parts.fragment
        return is_plain and parts.scheme in ("http", "https") and _host(parts) == _BORN_WITH_HOST
    except ValueError:
        return False


def refusal(url: str) -> str | None:
    """Return why no key may be sent to an address and what to set instead, or None if it may.

    The text never repeats the address: it may hold a password.
    """
    try:
        parts = urlsplit(url)
        host = _host(parts)
        _ = parts.port
    except ValueError:
        return "it is not a valid address; set one like " + DEFAULT_BASE_URL
    if host == _BORN_WITH_HOST:
        return BORN_WITH_ADVICE
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


def _host(parts: SplitResult) -> str:
    return (parts.hostname or "").rstrip(".").lower()

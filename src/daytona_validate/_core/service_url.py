"""Which addresses of a Daytona service may be given a key."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

DEFAULT_BASE_URL = "https://app.daytona.io/api"

_OLD_HOST = "api.daytona.io"
"""Host in this project's first version; no API of Daytona's answers there."""

OLD_HOST_ADVICE = (
    f"Daytona's API is not at {_OLD_HOST}, and nothing was sent there; "
    f"set DAYTONA_BASE_URL={DEFAULT_BASE_URL}"
)
"""The reason in the results of users who still have that address. It holds nothing of theirs."""


def has_old_host(url: str) -> bool:
    """Return whether an address is that of this project's first version, in any spelling.

    Programs of its first users have it in their settings. For them it is no error but a service
    that cannot be had: they get the fallback with `OLD_HOST_ADVICE`, and no key is sent there.
    One that holds a password is not it: settings refuse that, as they show addresses.
    """
    try:
        parts = urlsplit(url.strip())
        is_plain = parts.username is None and not parts.query and not parts.fragment
        return is_plain and parts.scheme in ("http", "https") and _host(parts) == _OLD_HOST
    except ValueError:
        return False


def refusal(url: str, *, named_by: str | None = None) -> str | None:
    """Return why no key may be sent to an address and what to set instead, or None if it may.

    The text never repeats the address: it may hold a password.

    Args:
        url: The address.
        named_by: The user's own address of the API, where an answer of its named `url`: such an
            answer may be forged, and must not lead to what listens on this computer. None: the
            user named `url`.
    """
    try:
        parts = urlsplit(url)
        host = _host(parts)
        _ = parts.port
    except ValueError:
        return "it is not a valid address; set one like " + DEFAULT_BASE_URL
    is_web = parts.scheme in ("http", "https")
    reasons = (
        (host == _OLD_HOST, OLD_HOST_ADVICE),
        (not is_web or not host, "accepts an https address such as " + DEFAULT_BASE_URL),
        (
            parts.username is not None or parts.query or parts.fragment,
            "accepts an address without user name, password, query or fragment",
        ),
        (
            parts.scheme == "http" and not is_loopback(host),
            "accepts http for this computer only (localhost, 127.0.0.1); set an https address",
        ),
        (
            named_by is not None and _is_near(host) and not _is_near(_host(urlsplit(named_by))),
            "the service named an address of this computer, and does not run on this computer",
        ),
    )
    return next((reason for is_so, reason in reasons if is_so), None)


def is_loopback(host: str) -> bool:
    """Return whether a host is this computer by its very spelling, without asking a resolver."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _host(parts: SplitResult) -> str:
    return (parts.hostname or "").rstrip(".").lower()


def _is_near(host: str) -> bool:
    """Return whether a host's spelling is a loopback, unspecified or link-local address."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        # `127.1`, `0x7f000001` and `2130706433` are 127.0.0.1 for a resolver, and no name is
        # spelled with a number at its end.
        return bool(re.fullmatch(r"(.*\.)?(\d+|0x[0-9a-f]*)", host))
    mapped = getattr(address, "ipv4_mapped", None)
    address = mapped or address
    return address.is_loopback or address.is_unspecified or address.is_link_local

"""Which index an installer asks, and which hosts it reaches for that: decisions, no I/O.

An installer reads what strangers wrote: pages of an index, descriptions of packages. None of it may
send a request to this machine, its neighbours or what a cloud answers on link-local addresses.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443}
_HTTPS = 443
_STANDARD = {
    "pip": ("https://pypi.org/simple", ("pypi.org", "files.pythonhosted.org")),
    "npm": ("https://registry.npmjs.org", ("registry.npmjs.org",)),
}
"""An installer's usual index, its host, and that of its files."""
_VARIABLES = {
    "pip": ("PIP_INDEX_URL",),
    "npm": ("npm_config_registry", "NPM_CONFIG_REGISTRY"),
}
_TRANSLATING = ipaddress.IPv6Network("64:ff9b::/96")
"""By which a network without IPv4 reaches its addresses (RFC 6052)."""
_GIVEN_OUT = ipaddress.IPv6Network("2000::/3")
"""All that IANA has given out for the public. Python 3.11 takes more to be public: addresses of one
site (`fec0::`), of segments (`5f00::`), and translated ones of a network's own (`64:ff9b:1::`)."""
_OF_PROTOCOLS = ipaddress.IPv4Network("192.0.0.0/24")
"""Of which Python 3.11 knows a part; a cloud's metadata is at 192.0.0.192."""


@dataclass(frozen=True, slots=True)
class PackageIndex:
    """Package index: where an installer asks, and what it may reach for that."""

    url: str
    """Without a user or a password."""
    own: frozenset[tuple[str, int]]
    """Hosts and ports that it reaches wherever they are: a company's index is in its own net."""
    is_standard: bool = True
    """Whether it reaches nothing else. Pages of another index may name files on any public host."""
    remark: str = ""
    """What its user has to be told, as a sentence; empty: nothing."""


def package_index(installer: str, environment: Mapping[str, str]) -> PackageIndex:
    """Return the index that an installer asks: the usual one, or the caller's own.

    Args:
        installer: `pip` or `npm`.
        environment: Of the caller, where their own may be named.
    """
    usual, hosts = _STANDARD[installer]
    standard = PackageIndex(usual, frozenset((host, _HTTPS) for host in hosts))
    for name in _VARIABLES[installer]:
        url = environment.get(name, "")
        if not url or url.rstrip("/") == usual:
            continue
        place = _place(url)
        if place is not None:
            return PackageIndex(url, frozenset({place}), is_standard=False)
        return PackageIndex(usual, standard.own, remark=_not_taken(name, usual))
    return standard


def refusal(index: PackageIndex, host: str, port: int) -> str | None:
    """Return why an installer may not reach a host, by its name alone, or None.

    Args:
        index: What it asks.
        host: A name or an address, as it asks for it.
        port: Of the host.
    """
    if (host.lower(), port) in index.own:
        return None
    if index.is_standard or port != _HTTPS:
        return f"{_shown(host)}:{port} is not of the package index"
    if host.lower().rstrip(".").endswith("localhost") or not _is_public_if_address(host):
        return f"{_shown(host)} is no public address"
    return None


def address_refusal(index: PackageIndex, host: str, port: int, address: str) -> str | None:
    """Return why a host that was looked up may not be reached at an address, or None.

    Args:
        index: What is asked.
        host: Not refused by its name.
        port: Of the host.
        address: One of those that it has.
    """
    found = _meant(address)
    if found.is_link_local or found.is_unspecified or found.is_multicast:
        return f"{_shown(host)} has the address {found}, where no index is"
    if (host.lower(), port) in index.own or _is_public(found):
        return None
    return f"{_shown(host)} has the address {found}, which is not public"


def _place(url: str) -> tuple[str, int] | None:
    """Return host and port of an index's address; None: it is none, or has what nobody is told."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None
    has_secret = parts.username is not None or parts.query or parts.fragment
    if port is None or not parts.hostname or has_secret or not url.isprintable() or " " in url:
        return None
    return parts.hostname, port


def _not_taken(name: str, usual: str) -> str:
    return (
        f"{name} is not used, as it is no address of http or https without user, password and "
        f"query, which no sandbox is told: packages come from {usual}."
    )


def _is_public_if_address(host: str) -> bool:
    try:
        return _is_public(_meant(host.strip("[]")))
    except ValueError:
        # `127.1`, `0x7f000001` and `2130706433` are 127.0.0.1 for a resolver, and no name is
        # spelled with a number at its end.
        return not re.fullmatch(r"(.*\.)?(\d+|0x[0-9a-f]*)\.?", host.lower())


def _meant(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Return an address as a packet would have it: one of IPv4 that is wrapped, unwrapped."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv4Address):
        return found
    if found in _TRANSLATING:
        return ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    return found.ipv4_mapped or found.sixtofour or found


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        is_given_out = address in _GIVEN_OUT
    else:
        is_given_out = address not in _OF_PROTOCOLS
    return is_given_out and address.is_global and not address.is_multicast


def _shown(host: str) -> str:
    """Return a host as it may stand in a line of HTTP and of a report."""
    plain = re.sub(r"[^A-Za-z0-9.:_-]", "?", host)
    return plain if len(plain) <= 100 else f"{plain[:99]}~"  # noqa: PLR2004 - a line's room

"""Connections from this host to an index, by the caller's proxy if there is one."""

from __future__ import annotations

import asyncio
import ssl
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from daytona_validate._toolchains.package_index.callers_proxy import (
    CallersProxy,
    UnusableProxy,
    callers_proxy,
)
from daytona_validate._toolchains.package_index.name_lookups import NameLookups
from daytona_validate._toolchains.package_index.package_index import (
    PackageIndex,
    address_refusal,
    refusal,
)
from daytona_validate._toolchains.package_index.proxy_request import ProxyRequest, tunnel_head

DIAL_S = 10.0
"""For one address to answer: less than an installer waits for its proxy (15 s)."""
_MOST_ADDRESSES = 4
"""Tried of one host: each then has long enough for a packet that is sent a second time."""
_HEAD_BYTES = 16_384
_BUFFER_BYTES = 65_536


class Refused(Exception):
    """A host that the installer may not reach, and why."""


class Unreachable(Exception):
    """A host that cannot be reached just now, and why."""


@dataclass(frozen=True, slots=True)
class WayOut:
    """Open connection to a host, or to the proxy before it."""

    reader: StreamReader
    writer: StreamWriter
    proxy: CallersProxy | None


@asynccontextmanager
async def way_out(
    request: ProxyRequest,
    index: PackageIndex,
    environment: Mapping[str, str],
    *,
    lookups: NameLookups,
) -> AsyncIterator[WayOut]:
    """Hold a connection for a request; a tunnel through the caller's proxy is open already.

    Args:
        request: What the installer asks for.
        index: What it may reach.
        environment: Of the caller, for their proxies.
        lookups: Of names.

    Raises:
        Refused: It may not be reached. Nothing was sent.
        Unreachable: It could not be reached.
    """
    reason = refusal(index, request.host, request.port)
    if reason is not None:
        raise Refused(reason)
    try:
        found = await _connected(request, index, environment, lookups)
    except (OSError, EOFError, ValueError, UnusableProxy, asyncio.LimitOverrunError) as error:
        said = str(error) or type(error).__name__
        raise Unreachable(f"{request.host} cannot be reached: {said}") from error
    try:
        yield found
    finally:
        found.writer.transport.abort()


async def _connected(
    request: ProxyRequest,
    index: PackageIndex,
    environment: Mapping[str, str],
    lookups: NameLookups,
) -> WayOut:
    scheme = "https" if request.is_tunnel else "http"
    proxy = callers_proxy(scheme, request.host, request.port, environment)
    if proxy is None:
        return WayOut(*await _dialled(request, index, lookups), None)
    async with asyncio.timeout(DIAL_S):
        tls = await asyncio.to_thread(ssl.create_default_context) if proxy.is_tls else None
        addresses = await lookups.addresses(proxy.host, proxy.port)
        reader, writer = await _first_of(
            addresses, proxy.port, tls=tls, name=proxy.host, limit=_HEAD_BYTES
        )
        try:
            if request.is_tunnel:
                await _ask_for_tunnel(reader, writer, request, proxy)
        except BaseException:
            writer.transport.abort()
            raise
    return WayOut(reader, writer, proxy)


async def _ask_for_tunnel(
    reader: StreamReader, writer: StreamWriter, request: ProxyRequest, proxy: CallersProxy
) -> None:
    writer.write(tunnel_head(request, proxy.authorization))
    answer = await reader.readuntil(b"\r\n\r\n")
    status = answer.split(b"\r\n")[0].decode("ascii", "replace")
    if status.split(" ")[1:2] != ["200"]:
        raise ConnectionError(f"the proxy of the environment answers {status[:100]!r}")


async def _dialled(
    request: ProxyRequest, index: PackageIndex, lookups: NameLookups
) -> tuple[StreamReader, StreamWriter]:
    """Connect to one of a host's addresses: the one that was looked at, not the name again."""
    async with asyncio.timeout(DIAL_S):
        addresses = await lookups.addresses(request.host, request.port)
    refused = [address_refusal(index, request.host, request.port, each) for each in addresses]
    allowed = [each for each, reason in zip(addresses, refused, strict=True) if reason is None]
    if not allowed:
        raise Refused(next(filter(None, refused), f"{request.host} has no address"))
    return await _first_of(allowed, request.port)


async def _first_of(
    addresses: Sequence[str],
    port: int,
    *,
    tls: ssl.SSLContext | None = None,
    name: str | None = None,
    limit: int = _BUFFER_BYTES,
) -> tuple[StreamReader, StreamWriter]:
    """Connect to the first address that answers; each has its part of the time.

    Args:
        addresses: Of one host.
        port: Of it.
        tls: By which the host proves its name; None: it need not.
        name: The host's.
        limit: Bytes that are read ahead.
    """
    addresses = addresses[:_MOST_ADDRESSES]
    failure: OSError | None = None
    for each in addresses:
        try:
            async with asyncio.timeout(DIAL_S / len(addresses)):
                return await asyncio.open_connection(
                    each, port, ssl=tls, server_hostname=name if tls else None, limit=limit
                )
        except OSError as error:  # a time-out is one, too
            failure = error
    raise failure or ConnectionError("it has no address")

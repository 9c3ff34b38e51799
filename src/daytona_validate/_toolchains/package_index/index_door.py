"""The door of an installer's jail: a socket in a folder of its own, behind which we are a proxy.

The jail has no network. What goes through the door ends at the index, or is refused before
anything is sent. Numbers of connections and bytes are bounded; time is by who holds the door.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from daytona_validate._core.limits import MIB
from daytona_validate._jails.folder_socket import NAME, close_in, listening_in
from daytona_validate._jails.jail import Bind, Jail
from daytona_validate._runtime.cleanup import finish
from daytona_validate._runtime.tasks import ended, retrieve
from daytona_validate._toolchains.host_command import program_text
from daytona_validate._toolchains.package_index.name_lookups import NameLookups
from daytona_validate._toolchains.package_index.package_index import PackageIndex
from daytona_validate._toolchains.package_index.proxy_request import (
    TUNNEL_IS_OPEN,
    ProxyRequest,
    answer_head,
    proxy_request,
    request_head,
)
from daytona_validate._toolchains.package_index.way_out import (
    Refused,
    Unreachable,
    WayOut,
    way_out,
)

MOST_CONNECTIONS = 32
"""At one time; npm has 15. Others wait."""
MOST_BYTES = 4096 * MIB
"""In both directions together: more than an installer has room for, twice."""
ENDING_S = 10.0

_INSIDE = "/run/index"
"""Where the jail has the folder."""
_HEAD_S = 20.0
_PAUSE_S = 0.1
_HEAD_BYTES = 16_384
_CHUNK_BYTES = 65_536
_MOST_TOLD = 20
_END = b"\r\n\r\n"

_logger = logging.getLogger("daytona_validate")


class TooMuch(Exception):
    """More was sent than any installation needs."""


@dataclass(slots=True)
class IndexDoor:
    """Door of one jail: what leads through it, and what did not."""

    index: PackageIndex
    environment: Mapping[str, str] = field(repr=False)
    """Of the caller, whose proxies it may name."""
    is_jails: Callable[[int], bool]
    """Whether a user id of this host is one that the jail may have."""
    folder: Path
    most_bytes: int = MOST_BYTES
    refused: list[str] = field(default_factory=list[str])
    """Why hosts were refused, each once."""
    unreachable: list[str] = field(default_factory=list[str])
    """Why hosts could not be reached, each once."""
    lookups: NameLookups = field(default_factory=NameLookups)
    """Of names, few at a time for all of its connections."""

    def of(self, jail: Jail) -> Jail:
        """Return a jail that has this door; Python must be in it."""
        program = program_text(__file__, "through_door.py")
        argv = ("python3", "-s", "-c", program, f"{_INSIDE}/{NAME}", *jail.argv)
        return replace(jail, argv=argv, door=Bind(str(self.folder), _INSIDE))

    async def serve(self, listener: socket.socket) -> None:
        """Take connections until cancelled."""
        slots = asyncio.Semaphore(MOST_CONNECTIONS)
        loop = asyncio.get_running_loop()
        async with asyncio.TaskGroup() as connections:
            while True:
                await slots.acquire()
                try:
                    client, _ = await loop.sock_accept(listener)
                except OSError as error:  # out of descriptors, for the moment
                    _logger.warning("The way to a package index is blocked: %s", error)
                    await asyncio.sleep(_PAUSE_S)
                    slots.release()
                    continue
                client.setblocking(False)
                task = connections.create_task(self._guarded(client))
                task.add_done_callback(partial(_let_go, client, slots))

    async def _guarded(self, client: socket.socket) -> None:
        try:
            await self._served(client)
        except* (OSError, TooMuch):
            pass  # it went away, took too long, or sends without end: the others go on
        except* Exception:  # one connection's edge
            _logger.exception("A connection to a package index failed.")

    async def _served(self, client: socket.socket) -> None:
        if not self.is_jails(_peer(client)):
            return
        async with asyncio.timeout(_HEAD_S):
            head, rest = await self._head(client)
        loop = asyncio.get_running_loop()
        request = proxy_request(head)
        if request is None:
            await loop.sock_sendall(client, answer_head(400, "No request that is served here"))
            return
        try:
            out = way_out(request, self.index, self.environment, lookups=self.lookups)
            async with out as way:
                await self._carried(client, request, way, rest)
        except Refused as error:
            _tell(self.refused, str(error))
            await loop.sock_sendall(client, answer_head(403, str(error)))
        except Unreachable as error:
            _tell(self.unreachable, str(error))
            await loop.sock_sendall(client, answer_head(502, _line(str(error))))

    async def _head(self, client: socket.socket) -> tuple[bytes, bytes]:
        """Return the head of a request, and what came after it."""
        loop, read = asyncio.get_running_loop(), b""
        while _END not in read:
            chunk = await loop.sock_recv(client, _HEAD_BYTES)
            read += chunk
            if not chunk or len(read) > _HEAD_BYTES:
                raise TooMuch
        head, _, rest = read.partition(_END)
        return head, rest

    async def _carried(
        self, client: socket.socket, request: ProxyRequest, way: WayOut, rest: bytes
    ) -> None:
        if not request.is_tunnel:
            authorization = way.proxy.authorization if way.proxy else ""
            way.writer.write(
                request_head(
                    request, is_absolute=way.proxy is not None, authorization=authorization
                )
            )
            # What the installer sends after it is never read: it might be for another host.
            await self._inwards(way.reader, client)
            return
        await asyncio.get_running_loop().sock_sendall(client, TUNNEL_IS_OPEN)
        way.writer.write(rest)
        async with asyncio.TaskGroup() as both:
            both.create_task(self._outwards(client, way.writer))
            both.create_task(self._inwards(way.reader, client))

    async def _outwards(self, client: socket.socket, writer: StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        while chunk := await loop.sock_recv(client, _CHUNK_BYTES):
            self._count(chunk)
            writer.write(chunk)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
        else:
            writer.close()

    async def _inwards(self, reader: StreamReader, client: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while chunk := await reader.read(_CHUNK_BYTES):
            self._count(chunk)
            await loop.sock_sendall(client, chunk)
        client.shutdown(socket.SHUT_WR)

    def _count(self, chunk: bytes) -> None:
        self.most_bytes -= len(chunk)
        if self.most_bytes < 0:
            _tell(self.refused, "more was sent than any installation needs")
            raise TooMuch


@asynccontextmanager
async def index_door(
    folder: Path,
    index: PackageIndex,
    environment: Mapping[str, str],
    *,
    is_jails: Callable[[int], bool],
) -> AsyncIterator[IndexDoor]:
    """Hold the door of a jail: leaving it ends all connections, and nothing of it is left.

    Args:
        folder: A folder of ours in which the door's own is made, and which jails may then enter.
        index: What is behind the door.
        environment: Of the caller, whose proxies are on the way.
        is_jails: Whether a user id of this host is one that the jail may have.

    Raises:
        OSError: The door cannot be made.
    """
    door = IndexDoor(index, environment, is_jails, folder / "index")
    with _opened(door.folder) as listener:
        serving = asyncio.create_task(door.serve(listener), name="package index")
        try:
            yield door
        finally:
            serving.cancel()
            await finish(ended(serving), grace_s=ENDING_S)
            retrieve(serving)


@contextmanager
def _opened(folder: Path) -> Iterator[socket.socket]:
    listener = _listening(folder)
    try:
        yield listener
    finally:
        _close(listener, folder)


def _listening(folder: Path) -> socket.socket:
    folder.mkdir()
    try:
        for each in (folder.parent, folder):
            each.chmod(0o755)  # for the id of a jail, whatever the umask
        return listening_in(folder, backlog=MOST_CONNECTIONS)  # who connects is looked at
    except BaseException:
        folder.rmdir()
        raise


def _close(listener: socket.socket, folder: Path) -> None:
    close_in(listener, folder)
    with suppress(OSError):
        folder.rmdir()


def _let_go(client: socket.socket, slots: asyncio.Semaphore, _: object) -> None:
    client.close()
    slots.release()


def _peer(client: socket.socket) -> int:
    """Return the user id of who connected, as the kernel knows it."""
    found = client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return int(struct.unpack("3i", found)[1])


def _tell(told: list[str], line: str) -> None:
    if line not in told and len(told) < _MOST_TOLD:
        told.append(line)


def _line(text: str) -> str:
    return "".join(c if c.isprintable() and c.isascii() else " " for c in text)[:200]

"""Little servers on loopback, and what is left of connections to them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import trustme

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@dataclass
class Asked:
    """A request as it came, and the connection it came by."""

    line: str
    head: str
    body: bytes
    connection: int
    writer: asyncio.StreamWriter
    reader: asyncio.StreamReader


Answer = Callable[[Asked], Awaitable[bytes | None]]


async def ok(asked: Asked) -> bytes:
    return OK


@dataclass
class Loopback:
    """A server that answers as told (None: hangs up) and counts its connections."""

    answer: Answer = ok
    port: int = 0
    accepted: int = 0
    asked: list[Asked] = field(default_factory=list)
    at: asyncio.Queue[Asked] = field(default_factory=asyncio.Queue)
    connected: asyncio.Queue[asyncio.StreamWriter] = field(default_factory=asyncio.Queue)
    open: set[asyncio.StreamWriter] = field(default_factory=set)
    gone: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        number = self.accepted
        self.open.add(writer)
        self.connected.put_nowait(writer)
        try:
            await self._requests(reader, writer, number)
        except (OSError, asyncio.IncompleteReadError):
            pass  # the client hung up
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
            async with self.gone:
                self.open.discard(writer)
                self.gone.notify_all()

    async def _requests(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
    ) -> None:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = [
                int(line.split(":")[1])
                for line in head.splitlines()
                if line.lower().startswith("content-length:")
            ]
            body = await reader.readexactly(length[0]) if length else b""
            asked = Asked(head.splitlines()[0], head, body, number, writer, reader)
            self.asked.append(asked)
            self.at.put_nowait(asked)
            answer = await self._unless_gone(reader, asyncio.ensure_future(self.answer(asked)))
            if answer is None:
                return
            writer.write(answer)
            await writer.drain()

    async def _unless_gone(
        self, reader: asyncio.StreamReader, answer: asyncio.Future[bytes | None]
    ) -> bytes | None:
        """Return the answer, or None once the client has hung up."""
        gone = asyncio.ensure_future(reader.read(1))
        await asyncio.wait((answer, gone), return_when=asyncio.FIRST_COMPLETED)
        is_answered = answer.done()
        for each in (gone, answer):
            each.cancel()
        await asyncio.wait((gone, answer))
        return answer.result() if is_answered else None

    async def empty(self) -> None:
        """Return when no connection is open any more."""
        async with asyncio.timeout(60), self.gone:
            await self.gone.wait_for(lambda: not self.open)

    async def hang_up(self) -> None:
        """Close all connections, and return when the other ends have heard of it."""
        for writer in self.open:
            writer.transport.abort()
        await self.empty()


Serve = Callable[..., Awaitable[Loopback]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Start servers; none of their connections outlives the test."""
    async with AsyncExitStack() as stack:

        async def start(answer: Answer = ok, *, tls: ssl.SSLContext | None = None) -> Loopback:
            loopback = Loopback(answer)
            server = await asyncio.start_server(
                loopback.serve, "127.0.0.1", 0, ssl=tls, backlog=2048
            )
            loopback.port = server.sockets[0].getsockname()[1]
            stack.callback(server.close)
            stack.push_async_callback(loopback.hang_up)
            return loopback

        yield start


@dataclass
class Proxy:
    """Leads every name to one server on loopback, and notes what it was asked."""

    to_port: int
    refuses: bool = False
    port: int = 0
    heads: list[str] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await self._exchange(reader, writer)
        finally:
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.heads.append(head.decode())
        if self.refuses:
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            return
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.to_port)
        if head.startswith(b"CONNECT"):
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            far_writer.write(head)
        try:
            await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))
        finally:
            far_writer.close()


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
    writer.close()


@pytest.fixture
def settled() -> Callable[[Callable[[], bool]], Awaitable[None]]:
    """Wait until something is so: both ends of a connection are ours, and end one by one."""

    async def wait(is_so: Callable[[], bool]) -> None:
        async with asyncio.timeout(60):
            while not is_so():
                await asyncio.sleep(0)

    return wait


@pytest.fixture
async def proxy_to() -> AsyncIterator[Callable[..., Any]]:
    """Start proxies."""
    async with AsyncExitStack() as stack:

        async def start(port: int, *, tls: ssl.SSLContext | None = None, **kind: Any) -> Proxy:
            proxy = Proxy(port, **kind)
            server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0, ssl=tls)
            stack.callback(server.close)
            proxy.port = server.sockets[0].getsockname()[1]
            return proxy

        yield start


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """A certificate authority that nobody knows."""
    return trustme.CA(key_type=trustme.KeyType.ECDSA)


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the environment trust our authority."""
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))


@pytest.fixture
def tls(authority: trustme.CA) -> ssl.SSLContext:
    """The server's side of TLS, for loopback and for a name that no resolver knows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "daytona.test").configure_cert(context)
    return context


@pytest.fixture
def full_port() -> Iterator[int]:
    """A port where nobody takes connections any more, so that connecting takes for ever."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(3)]
        for each in waiting:
            each.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                each.connect(listener.getsockname())
        yield listener.getsockname()[1]
        for each in waiting:
            each.close()


@pytest.fixture
def sockets() -> Callable[[], int]:
    """Count the sockets of this process that were not there when the test began."""

    def there() -> set[str]:
        found: set[str] = set()
        for each in Path("/proc/self/fd").iterdir():
            with contextlib.suppress(OSError):
                found.add(str(each.readlink()))
        return {each for each in found if each.startswith("socket:")}

    before = there()  # some of which an earlier test left to the garbage collector
    return lambda: len(there() - before)


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the proxies of whoever runs it; `few_certificates` names what is trusted."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name in ("REQUEST_METHOD", "SSL_CERT_DIR"):
            monkeypatch.delenv(name)

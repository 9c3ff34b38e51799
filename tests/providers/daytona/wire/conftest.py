"""Little servers on loopback, and what is left of connections to them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

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
        async with asyncio.timeout(5), self.gone:
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
def sockets() -> Callable[[], int]:
    """Count the sockets of this process that were not there when the test began."""

    def count() -> int:
        found = 0
        for each in Path("/proc/self/fd").iterdir():
            with contextlib.suppress(OSError):
                found += str(each.readlink()).startswith("socket:")
        return found

    before = count()
    return lambda: count() - before


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the proxies or certificates of whoever runs it."""
    for name in list(os.environ):
        is_proxy = name.lower().endswith("_proxy")
        if is_proxy or name in ("REQUEST_METHOD", "SSL_CERT_FILE", "SSL_CERT_DIR"):
            monkeypatch.delenv(name)

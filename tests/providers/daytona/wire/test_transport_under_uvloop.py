"""The same under uvloop, which web servers run."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from contextlib import suppress

import httpx
import pytest
import uvloop

from cancelled_at import at_every_wait
from daytona_validate._providers.daytona.wire.transport import http_client
from over_client import OverClient

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
FORGED = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"


class Server:
    """Answers in pieces, and says more than it was asked."""

    def __init__(self) -> None:
        self.open: set[asyncio.StreamWriter] = set()
        self.accepted = 0
        self.says_more = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        self.open.add(writer)
        with suppress(OSError, asyncio.IncompleteReadError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                if head.startswith(b"POST"):
                    await reader.readexactly(1000)
                for at in range(0, len(CHUNKED), 20):
                    writer.write(CHUNKED[at : at + 20])
                    await writer.drain()
                    await asyncio.sleep(0)
                if self.says_more:
                    writer.write(FORGED)
        self.open.discard(writer)
        writer.close()


async def sent(transport: OverClient, url: str) -> bytes:
    request = httpx.Request("POST", url, content=b"x" * 1000)
    answer = await transport.handle_async_request(request)
    try:
        return await answer.aread()
    finally:
        await answer.aclose()


@pytest.mark.filterwarnings("ignore::DeprecationWarning:uvloop")
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.usefixtures("trusted")
def test_requests_are_sent_called_off_and_closed_under_uvloop(
    tls: ssl.SSLContext, sockets: Callable[[], int], scheme: str
) -> None:
    async def main() -> None:
        server = Server()
        context = tls if scheme == "https" else None
        listening = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=context)
        url = f"{scheme}://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        before = sockets()
        async with listening, OverClient(http_client(max_connections=1)) as transport:
            for _ in range(3):
                assert await sent(transport, url) == b"hello"
            assert server.accepted == 1
            async for found in at_every_wait(lambda: sent(transport, url)):
                assert found in (None, b"hello")
            server.says_more = True
            for _ in range(3):
                with suppress(httpx.RemoteProtocolError):
                    assert await sent(transport, url) == b"hello"
            await transport.aclose()
            async with asyncio.timeout(60):
                while server.open or sockets() > before:
                    await asyncio.sleep(0)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())

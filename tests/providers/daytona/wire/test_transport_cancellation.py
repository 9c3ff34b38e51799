"""Whenever a request is called off, its connection is closed and the next one has its place."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from itertools import count
from typing import Any

import httpx
import pytest

from cancelled_at import Cancelled, at_every_wait
from daytona_validate._providers.daytona.wire.transport import http_client
from over_client import OverClient

OFTEN = pytest.mark.parametrize("times", [1, 2, 5])
OLD = pytest.mark.parametrize("is_old", [False, True], ids=["new connection", "old connection"])
ANSWER = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n3\r\nyou\r\n0\r\n\r\n"


async def never(asked: Any) -> bytes:
    await asyncio.Event().wait()
    raise AssertionError


async def byte_by_byte(asked: Any) -> bytes:
    for byte in ANSWER[:-1]:
        asked.writer.write(bytes((byte,)))
        await asked.writer.drain()
        await asyncio.sleep(0)
    return ANSWER[-1:]


async def sent(
    transport: OverClient, url: str, *, content: bytes = b"x" * 1000, method: str = "POST"
) -> bytes:
    """Send a request and read its answer, as the wire does."""
    times = dict.fromkeys(("connect", "read", "write", "pool"), 30)
    request = httpx.Request(method, url, content=content, extensions={"timeout": times})
    answer = await transport.handle_async_request(request)
    try:
        return await answer.aread()
    finally:
        await answer.aclose()


@pytest.fixture
async def transport(trusted: None) -> AsyncIterator[OverClient]:
    async with OverClient(http_client(max_connections=1)) as transport:
        yield transport


async def next_one_works(transport: OverClient, serve: Any) -> None:
    """The one permit was given back."""
    server = await serve()
    assert await sent(transport, server.url) == b"{}"


async def called_off(request: asyncio.Task[bytes], times: int) -> None:
    for _ in range(times):
        request.cancel()
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await request


@OFTEN
@OLD
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.slow
async def test_a_request_is_called_off_at_each_wait_of_it(  # noqa: PLR0917 - fixtures
    serve: Any,
    transport: OverClient,
    tls: ssl.SSLContext,
    sockets: Callable[[], int],
    scheme: str,
    is_old: bool,
    times: int,
) -> None:
    server = await serve(byte_by_byte, tls=tls if scheme == "https" else None)
    url = server.url.replace("http", scheme, 1)

    async def work() -> bytes:
        return await sent(transport, url)

    if is_old:
        await work()
    async for found in at_every_wait(work, times=times):
        assert found in (None, b"helloyou")
        if is_old:
            assert await work() == b"helloyou", "the next one works"
        else:
            await server.hang_up()
    assert await work() == b"helloyou"
    await transport.aclose()
    await server.empty()
    assert sockets() == 1, "the server's own"


@OFTEN
@pytest.mark.parametrize("is_silent", [True, False], ids=["proxy is silent", "server is silent"])
async def test_a_request_is_called_off_on_its_way_through_a_proxy(  # noqa: PLR0917 - fixtures
    serve: Any,
    proxy_to: Any,
    monkeypatch: pytest.MonkeyPatch,
    sockets: Callable[[], int],
    settled: Any,
    is_silent: bool,
    times: int,
) -> None:
    silent = await serve(never)
    port = silent.port if is_silent else (await proxy_to(silent.port)).port
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
    before = sockets()
    async with OverClient(http_client()) as transport:
        request = asyncio.create_task(sent(transport, "https://daytona.test/api"))
        await silent.connected.get()
        if is_silent:
            await silent.at.get()
        await called_off(request, times)
        await settled(lambda: sockets() == before)


@OFTEN
async def test_a_request_is_called_off_in_the_handshake(
    serve: Any, transport: OverClient, sockets: Callable[[], int], times: int
) -> None:
    server = await serve(never)  # it takes the handshake for a request that does not end
    request = asyncio.create_task(sent(transport, server.url.replace("http", "https", 1)))
    await server.connected.get()
    await asyncio.sleep(0)
    await called_off(request, times)
    await server.empty()
    assert sockets() == 1, "the server's own"
    await next_one_works(transport, serve)


@OFTEN
async def test_a_request_is_called_off_while_it_is_sent(
    serve: Any,
    transport: OverClient,
    sockets: Callable[[], int],
    settled: Any,
    times: int,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as reads_nothing:
        url = f"http://127.0.0.1:{reads_nothing.getsockname()[1]}"
        request = asyncio.create_task(sent(transport, url, content=bytes(50_000_000)))
        await settled(lambda: sockets() == 2)
        await asyncio.sleep(0)
        await called_off(request, times)
        await settled(lambda: sockets() == 1)
    await next_one_works(transport, serve)


@OFTEN
async def test_a_request_is_called_off_while_it_connects(  # noqa: PLR0917 - fixtures
    transport: OverClient,
    serve: Any,
    full_port: int,
    sockets: Callable[[], int],
    settled: Any,
    times: int,
) -> None:
    before = sockets()
    request = asyncio.create_task(sent(transport, f"http://127.0.0.1:{full_port}"))
    await settled(lambda: sockets() == before + 1)
    await called_off(request, times)
    assert sockets() == before
    await next_one_works(transport, serve)


async def test_a_request_is_called_off_while_it_waits_for_a_connection(
    transport: OverClient, serve: Any
) -> None:
    server = await serve(never)
    first = asyncio.create_task(sent(transport, server.url))
    await server.at.get()
    second = asyncio.create_task(sent(transport, server.url))
    await asyncio.sleep(0)
    await called_off(second, 1)
    await called_off(first, 1)
    await server.empty()
    assert server.accepted == 1
    await next_one_works(transport, serve)


@pytest.mark.parametrize("is_cancelled", [True, False], ids=["called off", "in flight"])
async def test_once_closed_no_socket_is_open(
    sockets: Callable[[], int], settled: Any, is_cancelled: bool
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        before = sockets()
        transport = OverClient(http_client())
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        request = asyncio.create_task(sent(transport, url))
        await settled(lambda: sockets() == before + 1)
        if is_cancelled:
            await called_off(request, 1)
        await transport.aclose()
        assert sockets() == before
        await asyncio.wait({request})
        assert is_cancelled or isinstance(request.exception(), httpx.TransportError)


@pytest.mark.parametrize("scheme", ["http", "https"], ids=["connecting", "handshake"])
async def test_once_closed_nothing_connects(
    sockets: Callable[[], int], settled: Any, full_port: int, scheme: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = full_port if scheme == "http" else silent.getsockname()[1]
        before = sockets()
        transport = OverClient(http_client())
        request = asyncio.create_task(sent(transport, f"{scheme}://127.0.0.1:{port}"))
        await settled(lambda: sockets() == before + 1)
        for _ in range(5):
            await asyncio.sleep(0)
        await transport.aclose()
        assert sockets() == before
        await asyncio.wait({request})
        assert isinstance(request.exception(), httpx.ConnectError)


async def test_closing_is_called_off_and_done_again(
    sockets: Callable[[], int], settled: Any
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        before = sockets()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        for at_wait in count():
            transport = OverClient(http_client())
            request = asyncio.create_task(sent(transport, url))
            await settled(lambda: sockets() == before + 1)
            closing = Cancelled(transport.aclose(), at_wait)
            await closing.end()
            await transport.aclose()
            assert sockets() == before
            await asyncio.wait({request})
            assert isinstance(request.exception(), httpx.TransportError)
            if not closing.was_met:
                break
    assert at_wait > 0


async def test_a_connection_over_tls_is_closed_at_once_though_nobody_says_goodbye(
    serve: Any, transport: OverClient, tls: ssl.SSLContext
) -> None:
    """A server, or whoever is between, that has gone silent must not keep it open."""
    server, has_gone_silent, gone = await serve(never, tls=tls), asyncio.Event(), asyncio.Event()

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                if not has_gone_silent.is_set():
                    writer.write(data)
        gone.set()

    async def between(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", server.port)
        back = asyncio.create_task(forward(far_reader, writer))
        await forward(reader, far_writer)
        back.cancel()
        far_writer.close()
        writer.close()

    listening = await asyncio.start_server(between, "127.0.0.1", 0)
    async with listening, asyncio.timeout(60):
        port = listening.sockets[0].getsockname()[1]
        request = asyncio.create_task(sent(transport, f"https://127.0.0.1:{port}"))
        await server.at.get()
        has_gone_silent.set()
        await called_off(request, 1)
        await gone.wait()
        await server.empty()

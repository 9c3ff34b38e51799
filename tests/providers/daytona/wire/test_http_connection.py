"""One connection: its clocks, bodies that take a while to be sent, and answers without an end."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from daytona_validate._providers.daytona.wire.exchange import Answer, Message
from daytona_validate._providers.daytona.wire.http_connection import HttpConnection
from daytona_validate._providers.daytona.wire.transport import http_client

MIB = 1024**2
SILENCE_S = 0.03
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def message(url: str, **changed: Any) -> Message:
    scheme_and_host, _, _ = url.partition("/api")
    plain: dict[str, Any] = {"method": "POST", "target": "/api", "most_bytes": 100, "read_s": 30.0}
    return Message(**{**plain, "origin": scheme_and_host, **changed})


async def of_connection(server: Any, sent: Message, longest_s: float = 30.0) -> Answer:
    loop = asyncio.get_running_loop()
    lost = asyncio.Event()

    def made() -> HttpConnection:
        return HttpConnection(loop, "h", on_made=lambda _: None, on_lost=lambda _: lost.set())

    _, connection = await loop.create_connection(made, "127.0.0.1", server.port)
    try:
        return await connection.exchange(sent, loop.time() + longest_s)
    finally:
        connection.abort()
        await lost.wait()


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_body_of_megabytes_is_sent_whole(
    serve: Any, tls: ssl.SSLContext, trusted: None, scheme: str
) -> None:
    server = await serve(tls=tls if scheme == "https" else None)
    body = bytes(range(256)) * 4096 * 8
    url = server.url.replace("http", scheme, 1)
    async with http_client() as client:
        for _ in range(2):
            assert (await client.answer(message(url, content=body))).body == b"{}"
    assert [asked.body == body for asked in server.asked] == [True, True]
    assert server.accepted == 1


async def drips(asked: Any) -> bytes:
    """Never be done, and never silent."""
    asked.writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while True:
        asked.writer.write(b"x")
        await asyncio.sleep(0)


async def test_an_exchange_ends_though_the_server_is_never_silent(serve: Any) -> None:
    server = await serve(drips)
    with pytest.raises(TimeoutError):
        await of_connection(server, message(server.url, most_bytes=MIB, read_s=0.05), 0.1)


async def test_an_answer_may_take_longer_than_the_server_may_be_silent(serve: Any) -> None:
    async def slow(asked: Any) -> bytes:
        asked.writer.write(CHUNKED)
        loop = asyncio.get_running_loop()
        end_s = loop.time() + 3 * SILENCE_S
        while loop.time() < end_s:
            asked.writer.write(b"1\r\nx\r\n")
            await asyncio.sleep(0)
        return b"0\r\n\r\n"

    server = await serve(slow)
    found = await of_connection(server, message(server.url, most_bytes=MIB, read_s=SILENCE_S))
    assert set(found.body) == set(b"x")


async def test_a_free_connection_has_no_clock(serve: Any, settled: Any) -> None:
    server = await serve()
    async with http_client() as client:
        for _ in range(2):
            await client.answer(message(server.url, read_s=0.01))
            (connection,) = client._pool._open
            await settled(lambda each=connection: each._timer is None)
    assert server.accepted == 1


async def test_a_request_with_less_patience_follows_one_with_more(serve: Any) -> None:
    async def once(asked: Any) -> bytes:
        if len(server.asked) > 1:
            await asyncio.Event().wait()
        return b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

    server = await serve(once)
    async with http_client() as client, asyncio.timeout(60):
        await client.answer(message(server.url, read_s=1000))
        with pytest.raises(httpx.ReadTimeout):
            await client.answer(message(server.url, read_s=0.01))
    assert server.accepted == 1


async def test_a_connection_that_is_reset_is_an_answer_lost(serve: Any) -> None:
    async def reset(asked: Any) -> None:
        at_once = struct.pack("ii", 1, 0)
        peer = asked.writer.get_extra_info("socket")
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        asked.writer.transport.abort()

    server = await serve(reset)
    async with http_client() as client:
        with pytest.raises(httpx.ReadError, match="reset"):
            await client.answer(message(server.url))


async def test_nothing_is_read_as_it_comes_once_the_client_is_closed(serve: Any) -> None:
    server, client = await serve(), http_client()
    await client.aclose()
    with pytest.raises(httpx.ConnectError, match="the client is closed"):
        await client.response(message(server.url))


@pytest.mark.parametrize(
    "endless",
    [
        b"HTTP/1.1 103 Early Hints\r\n\r\n",
        b"X-Policy: x\r\n",
        b"1;" + b"x" * 100 + b"\r\nx\r\n",
    ],
    ids=["interim answers", "headers", "extensions of chunks"],
)
async def test_an_answer_that_is_mostly_no_body_is_given_up(serve: Any, endless: bytes) -> None:
    start = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
    start = {b"H": b"", b"X": start, b"1": start + b"\r\n"}[endless[:1]]

    async def never_done(asked: Any) -> bytes:
        asked.writer.write(start)
        while True:
            asked.writer.write(endless * 100)
            await asked.writer.drain()

    server = await serve(never_done)
    async with http_client() as client:
        with pytest.raises(httpx.RemoteProtocolError, match="too much beside its body"):
            await client.answer(message(server.url, most_bytes=100 * MIB))


async def test_no_more_of_a_body_is_read_than_was_asked_for_and_a_byte(serve: Any) -> None:
    server = await serve(drips)
    async with http_client() as client:
        answer = await client.answer(message(server.url, most_bytes=10))
    assert answer.body == 11 * b"x"
    await server.empty()


@pytest.mark.parametrize("is_answered", [True, False], ids=["answered", "disconnected"])
async def test_a_request_that_is_called_off_as_its_answer_comes(
    serve: Any, is_answered: bool
) -> None:
    called_off = asyncio.Event()

    async def answer(asked: Any) -> bytes | None:
        await called_off.wait()
        return b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}" if is_answered else None

    class Ends(HttpConnection):
        """Called off in the same turn of the loop, and before what it hears."""

        def data_received(self, data: bytes) -> None:
            request.cancel()
            super().data_received(data)

        def eof_received(self) -> None:
            request.cancel()
            super().eof_received()

    server, loop, lost = await serve(answer), asyncio.get_running_loop(), asyncio.Event()
    _, connection = await loop.create_connection(
        lambda: Ends(loop, "h", on_made=lambda _: None, on_lost=lambda _: lost.set()),
        "127.0.0.1",
        server.port,
    )
    request = asyncio.create_task(connection.exchange(message(server.url), loop.time() + 30))
    called_off.set()
    with pytest.raises(asyncio.CancelledError):
        await request
    await lost.wait()
    assert not connection.is_open


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_what_was_answered_in_part_is_not_sent_again(serve: Any, method: str) -> None:
    async def half_at_the_second(asked: Any) -> bytes | None:
        if len(server.asked) == 1:
            return b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
        asked.writer.write(b"H")
        return None

    server = await serve(half_at_the_second)
    async with http_client() as client:
        await client.answer(message(server.url))
        with pytest.raises(httpx.RemoteProtocolError):
            await client.answer(message(server.url, method=method))
    assert [asked.connection for asked in server.asked] == [1, 1]


async def test_a_request_is_called_off_as_its_connection_is_made(serve: Any) -> None:
    async def never(asked: Any) -> bytes:
        await asyncio.Event().wait()
        raise AssertionError

    for turns in range(6):
        server = await serve(never)
        async with http_client() as client:
            request = asyncio.create_task(client.answer(message(server.url)))
            while not client._pool._open:
                await asyncio.sleep(0)
            for _ in range(turns):
                await asyncio.sleep(0)
            request.cancel()
            with pytest.raises(asyncio.CancelledError):
                await request
            await server.empty()
            assert not client._pool._open


@pytest.mark.parametrize(
    ("is_certified", "expected", "words"),
    [(False, 2, "."), (True, 1, "CERTIFICATE_VERIFY_FAILED")],
    ids=["refused", "not trusted"],
)
async def test_connecting_is_tried_twice_but_not_where_nobody_vouches_for_the_server(
    tls: ssl.SSLContext, is_certified: bool, expected: int, words: str
) -> None:
    tries = 0

    async def handshake(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal tries
        tries += 1
        with contextlib.suppress(OSError):
            if is_certified:
                await writer.start_tls(tls)
        writer.transport.abort()

    server = await asyncio.start_server(handshake, "127.0.0.1", 0)
    async with server, http_client() as client:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(httpx.ConnectError, match=words):
            await client.answer(message(f"https://127.0.0.1:{port}"))
    assert tries == expected


async def test_whom_tls_trusts_is_read_when_it_is_needed(
    serve: Any, tls: ssl.SSLContext, trusted: None
) -> None:
    server = await serve(tls=tls)
    async with http_client(needs_tls=False) as client:
        answers = await asyncio.gather(
            *(client.answer(message(server.url.replace("http", "https", 1))) for _ in range(3))
        )
    assert [answer.status for answer in answers] == [200, 200, 200]


async def test_a_key_that_is_no_header_is_not_sent(serve: Any) -> None:
    server = await serve()
    async with http_client() as client:
        with pytest.raises(httpx.LocalProtocolError):
            await client.answer(message(server.url, key=SecretStr("a\r\nX: b")))
    assert server.asked == []

"""What is sent, for how long, and what is left of it: one request after the other."""

from __future__ import annotations

import gc
import socket
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import httpx
import pytest

from daytona_validate._providers.daytona.wire.message_bodies import LargeBody
from daytona_validate._providers.daytona.wire.transport import http_client


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=http_client()) as client:
        yield client


async def test_no_cookie_of_an_answer_is_sent(serve: Any) -> None:
    async def with_cookie(asked: Any) -> bytes:
        return b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n"

    server = await serve(with_cookie)
    async with http_client() as transport:
        for _ in range(2):
            url = server.url.replace("127.0.0.1", "localhost")  # no cookies are kept of numbers
            answer = await transport.handle_async_request(httpx.Request("GET", url))
            await answer.aclose()
            assert answer.headers["set-cookie"] == "a=b"
    assert "cookie" not in server.asked[1].head.lower()


async def test_a_body_of_unknown_length_is_sent_whole(
    serve: Any, client: httpx.AsyncClient
) -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b"part"

    server = await serve()
    assert (await client.post(server.url, content=parts())).is_success
    assert server.asked[0].body == b"partpartpart"
    assert "transfer-encoding" not in server.asked[0].head.lower()


@pytest.mark.parametrize(
    ("timeout", "error"),
    [("read", httpx.ReadTimeout), ("write", httpx.WriteTimeout), ("connect", httpx.ConnectTimeout)],
)
async def test_each_time_out_is_an_exception_of_its_own(
    client: httpx.AsyncClient, full_port: int, timeout: str, error: type[Exception]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = full_port if timeout == "connect" else silent.getsockname()[1]
        content = bytes(20_000_000 if timeout == "write" else 10)
        times = httpx.Timeout(30, **{timeout: 0.02})
        with pytest.raises(error):
            await client.post(f"http://127.0.0.1:{port}", content=content, timeout=times)


async def test_what_is_no_web_address_is_refused_and_what_is_no_header() -> None:
    async with http_client() as transport:
        with pytest.raises(httpx.UnsupportedProtocol):
            await transport.handle_async_request(httpx.Request("GET", "ftp://127.0.0.1/"))
        headers = {b"X-Key": b"\xff"}
        with pytest.raises(httpx.LocalProtocolError):
            await transport.handle_async_request(
                httpx.Request("GET", "http://[::1]/", headers=headers)
            )


async def test_a_connection_keeps_nothing_of_the_answers_that_it_brought(serve: Any) -> None:
    async def in_two(asked: Any) -> bytes:
        asked.writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
        await asked.writer.drain()
        return b"{}"

    server = await serve(in_two)
    async with http_client() as transport:
        before = bodies_in_memory()
        for _ in range(20):
            answer = await transport.handle_async_request(httpx.Request("GET", server.url))
            assert await answer.aread() == b"{}"
            await answer.aclose()
        assert bodies_in_memory() - before <= 2, "the last one"
    assert server.accepted == 1


def bodies_in_memory() -> int:
    gc.collect()
    return sum(type(each) is aiohttp.StreamReader for each in gc.get_objects())


def test_a_large_body_can_be_shown() -> None:
    """aiohttp asks that of all bodies."""
    assert LargeBody("ä".encode(), None).decode() == "ä"

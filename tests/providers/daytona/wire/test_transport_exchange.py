"""What is sent, for how long, and what is left of it: one request after the other."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from daytona_validate._providers.daytona.wire.exchange import Message
from daytona_validate._providers.daytona.wire.transport import http_client
from over_client import OverClient


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=OverClient(http_client())) as client:
        yield client


async def test_no_cookie_of_an_answer_is_sent(serve: Any) -> None:
    async def with_cookie(asked: Any) -> bytes:
        return b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n"

    server = await serve(with_cookie)
    async with OverClient(http_client()) as transport:
        for _ in range(2):
            url = server.url.replace("127.0.0.1", "localhost")  # no cookies are kept of numbers
            answer = await transport.handle_async_request(httpx.Request("GET", url))
            await answer.aclose()
            assert answer.headers["set-cookie"] == "a=b"
    assert "cookie" not in server.asked[1].head.lower()


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
    message = Message(
        method="GET",
        origin="ftp://127.0.0.1",
        target="/",
        key=SecretStr("a\r\nb"),
        most_bytes=1,
        read_s=1,
    )
    async with http_client() as client:
        with pytest.raises(httpx.UnsupportedProtocol):
            await client.answer(message)


NO_LINE = ("/ HTTP/1.1\r\nX: y", "/a b", "/\n", "", "/\x00", "/ä")


@pytest.mark.parametrize("target", NO_LINE)
async def test_what_is_no_target_is_not_sent(serve: Any, target: str) -> None:
    server = await serve()
    message = Message(
        method="GET", origin=server.url, target=target, key=None, most_bytes=1, read_s=1
    )
    async with http_client() as client:
        with pytest.raises(httpx.LocalProtocolError):
            await client.answer(message)
    assert server.asked == []

"""Whenever a request is called off, its connection is closed and the next one has its place."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest

from daytona_validate._providers.daytona.wire.transport import http_client

ONCE, AGAIN_AND_AGAIN = False, True


async def never(asked: Any) -> bytes:
    await asyncio.Event().wait()
    raise AssertionError


async def half_a_body(asked: Any) -> bytes:
    asked.writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    return await never(asked)


class Watched:
    """A request in a task of its own, called off when it comes to some point."""

    def __init__(self, client: httpx.AsyncClient, url: str, **content: Any) -> None:
        self.events: list[str] = []
        self.here = asyncio.Event()
        self.until: str | int | None = None
        self.calls_off_itself = False
        self.task = asyncio.create_task(
            client.post(url, extensions={"trace": self.trace}, timeout=30, **content)
        )

    async def trace(self, event: str, info: dict[str, Any]) -> None:
        if self.until in (event, len(self.events)):
            self.here.set()
            if self.calls_off_itself:
                self.task.cancel()
        self.events.append(event)

    def call_off(self, *, again: bool) -> None:
        self.task.cancel()
        if again and not self.task.done():
            asyncio.get_running_loop().call_soon(lambda: self.call_off(again=True))

    async def ended(self) -> None:
        with pytest.raises(asyncio.CancelledError):
            await self.task


@pytest.fixture
async def client(trusted: None) -> AsyncIterator[httpx.AsyncClient]:
    async with http_client(max_connections=1) as client:
        yield client


@pytest.fixture
def full_port() -> Iterator[int]:
    """A port where nobody takes connections any more, so that connecting takes for ever."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(3)]
        for each in waiting:
            each.setblocking(False)
            with suppress(BlockingIOError):
                each.connect(listener.getsockname())
        yield listener.getsockname()[1]
        for each in waiting:
            each.close()


async def next_one_works(client: httpx.AsyncClient, serve: Any) -> None:
    """The one permit was given back."""
    server = await serve()
    assert (await client.get(server.url)).is_success


@pytest.mark.parametrize("again", [ONCE, AGAIN_AND_AGAIN], ids=["once", "again"])
@pytest.mark.parametrize(
    ("answer", "scheme", "point"),
    [
        (never, "https", "connection.start_tls.started"),
        (never, "http", "http11.receive_response_headers.started"),
        (half_a_body, "http", "http11.receive_response_body.started"),
    ],
    ids=["handshake", "head", "body"],
)
async def test_a_request_is_called_off_while_it_waits_for_the_server(  # noqa: PLR0917 - fixtures
    serve: Any,
    client: httpx.AsyncClient,
    sockets: Callable[[], int],
    answer: Any,
    scheme: str,
    point: str,
    again: bool,
) -> None:
    server = await serve(answer)
    request = Watched(client, server.url.replace("http", scheme, 1))
    request.until = point
    await request.here.wait()
    await asyncio.sleep(0)
    request.call_off(again=again)
    await request.ended()
    await server.empty()
    assert sockets() == 1, "the server's own"
    await next_one_works(client, serve)


@pytest.mark.parametrize("again", [ONCE, AGAIN_AND_AGAIN], ids=["once", "again"])
async def test_a_request_is_called_off_while_it_is_sent(
    serve: Any, client: httpx.AsyncClient, sockets: Callable[[], int], again: bool
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as reads_nothing:
        port = reads_nothing.getsockname()[1]
        request = Watched(client, f"http://127.0.0.1:{port}", content=bytes(50_000_000))
        request.until = "http11.send_request_body.started"
        await request.here.wait()
        await asyncio.sleep(0)
        assert sockets() == 2
        request.call_off(again=again)
        await request.ended()
        await asyncio.sleep(0)
        assert sockets() == 1, "the server's own"
    await next_one_works(client, serve)


@pytest.mark.parametrize("again", [ONCE, AGAIN_AND_AGAIN], ids=["once", "again"])
async def test_a_request_is_called_off_while_it_connects(
    client: httpx.AsyncClient,
    serve: Any,
    full_port: int,
    sockets: Callable[[], int],
    again: bool,
) -> None:
    before = sockets()
    request = Watched(client, f"http://127.0.0.1:{full_port}")
    request.until = "connection.connect_tcp.started"
    await request.here.wait()
    await asyncio.sleep(0)
    assert sockets() == before + 1
    request.call_off(again=again)
    await request.ended()
    assert sockets() == before
    await next_one_works(client, serve)


async def test_a_request_is_called_off_while_it_waits_for_a_connection(
    client: httpx.AsyncClient, serve: Any
) -> None:
    server = await serve(never)
    first = Watched(client, server.url)
    await server.at.get()
    second = asyncio.create_task(client.get(server.url))
    await asyncio.sleep(0)
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    first.call_off(again=False)
    await first.ended()
    await server.empty()
    assert server.accepted == 1
    await next_one_works(client, serve)


async def events_of_one_request(client: httpx.AsyncClient, url: str) -> list[str]:
    request = Watched(client, url, content=b"x" * 1000)
    assert (await request.task).is_success
    return request.events


@pytest.mark.slow
@pytest.mark.parametrize("again", [ONCE, AGAIN_AND_AGAIN], ids=["once", "again"])
@pytest.mark.parametrize("is_first", [True, False], ids=["new connection", "old connection"])
async def test_a_request_is_called_off_at_each_step_of_it(  # noqa: PLR0917 - fixtures
    serve: Any,
    client: httpx.AsyncClient,
    tls: ssl.SSLContext,
    sockets: Callable[[], int],
    is_first: bool,
    again: bool,
) -> None:
    server = await serve(tls=tls)
    url = server.url.replace("http", "https", 1)
    events = await events_of_one_request(client, url)
    assert "connection.start_tls.complete" in events
    if not is_first:
        events = await events_of_one_request(client, url)
    for step in range(len(events)):
        if is_first:
            await server.hang_up()
        request = Watched(client, url, content=b"x" * 1000)
        request.until, request.calls_off_itself = step, True
        await request.here.wait()
        if again:
            request.call_off(again=True)
        with suppress(asyncio.CancelledError):  # after the last step it may be done
            await request.task
        assert (await client.get(url)).is_success, events[step]
        assert len(server.open) <= 2
    await client.aclose()
    await server.empty()
    assert sockets() == 1, "the server's own"

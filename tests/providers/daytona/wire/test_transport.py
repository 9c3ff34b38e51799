from __future__ import annotations

import asyncio
import resource
from collections.abc import AsyncIterator, Callable, Iterator
from contextvars import ContextVar
from typing import Any

import httpx
import pytest

from daytona_validate._providers.daytona.wire.connection_pool import KEEPALIVE_S
from daytona_validate._providers.daytona.wire.transport import HttpClient, http_client
from manual_clock import ManualClock
from over_client import OverClient

MANY_DESCRIPTORS = 2500
CLOSED = (httpx.RemoteProtocolError, httpx.ReadError)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def client(clock: ManualClock) -> AsyncIterator[httpx.AsyncClient]:
    transport = OverClient(HttpClient(max_connections=4, clock=clock))
    async with httpx.AsyncClient(transport=transport) as client:
        yield client


async def test_requests_one_after_the_other_share_a_connection(
    serve: Any, client: httpx.AsyncClient
) -> None:
    server = await serve()
    for _ in range(5):
        assert (await client.get(server.url)).json() == {}
    assert server.accepted == 1


async def test_requests_at_one_time_have_a_connection_each(
    serve: Any, client: httpx.AsyncClient
) -> None:
    barrier = asyncio.Barrier(3)

    async def together(asked: Any) -> bytes:
        await barrier.wait()
        return b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

    server = await serve(together)
    await asyncio.gather(*(client.post(server.url) for _ in range(3)))
    assert server.accepted == 3


async def test_the_connection_used_last_is_used_next(serve: Any, client: httpx.AsyncClient) -> None:
    gates = [asyncio.Event(), asyncio.Event()]

    async def held(asked: Any) -> bytes:
        if len(server.asked) <= 2:
            await gates[asked.connection - 1].wait()
        return b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

    server = await serve(held)
    first = asyncio.create_task(client.get(server.url))
    await server.at.get()
    second = asyncio.create_task(client.get(server.url))
    await server.at.get()
    gates[1].set()
    await second
    gates[0].set()
    await first
    await client.get(server.url)
    assert server.asked[-1].connection == 1


WHO: ContextVar[str] = ContextVar("WHO")


async def test_a_connection_keeps_nothing_alive_of_who_opened_it(
    serve: Any, client: httpx.AsyncClient
) -> None:
    """It serves others for hours, and a snippet with its files would last as long."""
    server = await serve()

    async def asks() -> None:
        WHO.set("one caller")
        await client.get(server.url)

    await asyncio.create_task(asks())
    loop: Any = asyncio.get_running_loop()
    readers = [each.data[0] for each in loop._selector.get_map().values() if each.data[0]]
    assert len(readers) > 2, "both ends, and the server's"
    assert [each for each in readers if WHO in each._context] == []


async def test_a_free_connection_is_closed_after_its_time(
    serve: Any, client: httpx.AsyncClient, clock: ManualClock
) -> None:
    server, other = await serve(), await serve()
    await client.get(server.url)
    clock.now_s += KEEPALIVE_S - 1
    await client.get(server.url)
    assert server.accepted == 1, "used meanwhile"
    clock.now_s += KEEPALIVE_S
    await client.get(other.url)
    await server.empty()
    await client.get(server.url)
    assert server.accepted == 2


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
async def test_a_connection_that_the_server_closed_is_seen_before_anything_is_sent(
    serve: Any, client: httpx.AsyncClient, method: str
) -> None:
    server = await serve()
    await client.request(method, server.url)
    await server.hang_up()
    await client.request(method, server.url)
    assert [asked.connection for asked in server.asked] == [1, 2]


@pytest.mark.parametrize(
    ("method", "is_sent_again"), [("GET", True), ("HEAD", True), ("POST", False), ("DELETE", False)]
)
async def test_only_reading_is_sent_again_when_an_old_connection_dies_under_it(
    serve: Any, client: httpx.AsyncClient, method: str, is_sent_again: bool
) -> None:
    async def dies_at_the_second(asked: Any) -> bytes | None:
        is_dying = len(server.asked) == 2
        return None if is_dying else b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

    server = await serve(dies_at_the_second)
    await client.get(server.url)
    if is_sent_again:
        assert (await client.request(method, server.url)).is_success
    else:
        with pytest.raises(CLOSED):
            await client.request(method, server.url)
    assert [asked.connection for asked in server.asked] == ([1, 1, 2] if is_sent_again else [1, 1])


async def test_not_even_reading_is_sent_again_when_a_new_connection_dies(
    serve: Any, client: httpx.AsyncClient
) -> None:
    async def dies(asked: Any) -> None:
        return None

    server = await serve(dies)
    with pytest.raises(CLOSED):
        await client.get(server.url)
    assert len(server.asked) == 1


async def test_reading_is_sent_again_once_over_a_new_connection(
    serve: Any, client: httpx.AsyncClient
) -> None:
    """Where one old connection has died, the others are no better."""
    barrier = asyncio.Barrier(2)

    async def dies_later(asked: Any) -> bytes | None:
        if asked.line.startswith("GET"):
            return None
        await barrier.wait()
        return b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

    server = await serve(dies_later)
    await asyncio.gather(client.post(server.url), client.post(server.url))
    with pytest.raises(CLOSED):
        await client.get(server.url)
    assert server.accepted == 3
    assert [asked.connection for asked in server.asked][2:] in ([1, 3], [2, 3])


async def test_no_more_connections_than_allowed_and_who_waits_too_long_is_told(
    serve: Any, client: httpx.AsyncClient, sockets: Callable[[], int]
) -> None:
    free = asyncio.Event()

    async def held(asked: Any) -> bytes:
        await free.wait()
        return b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

    server = await serve(held)
    tasks = [asyncio.create_task(client.get(server.url)) for _ in range(6)]
    for _ in range(4):
        await server.at.get()
    with pytest.raises(httpx.PoolTimeout, match="all 4 connections are in use"):
        await client.get(server.url, timeout=httpx.Timeout(5, pool=0.01))
    assert server.accepted == len(server.asked) == 4
    free.set()
    assert all(answer.is_success for answer in await asyncio.gather(*tasks))
    assert server.accepted == 4


async def test_a_free_connection_elsewhere_makes_room_for_a_new_one(
    serve: Any, client: httpx.AsyncClient
) -> None:
    servers = [await serve() for _ in range(6)]
    for server in servers:
        await client.get(server.url)
    await servers[0].empty()
    await servers[1].empty()
    assert [len(server.open) for server in servers] == [0, 0, 1, 1, 1, 1]


@pytest.fixture
def many_descriptors() -> Iterator[None]:
    """Enough for both ends of a thousand connections, as far as this machine gives them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < MANY_DESCRIPTORS:
        pytest.skip(f"this machine allows {hard} descriptors")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, MANY_DESCRIPTORS), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.slow
@pytest.mark.usefixtures("many_descriptors")
async def test_a_thousand_requests_in_flight_finish(serve: Any, sockets: Callable[[], int]) -> None:
    all_here = asyncio.Event()

    async def when_all_are_here(asked: Any) -> bytes:
        if len(server.asked) == 1000:
            all_here.set()
        await all_here.wait()
        return b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

    server = await serve(when_all_are_here)
    transport = OverClient(http_client(max_connections=1000))
    async with httpx.AsyncClient(transport=transport) as client, asyncio.timeout(60):
        timeout = httpx.Timeout(50)
        requests = (client.post(server.url, timeout=timeout) for _ in range(1000))
        answers = await asyncio.gather(*requests)
        assert all(answer.json() == {} for answer in answers)
        assert server.accepted == 1000
    await server.empty()
    assert sockets() == 1, "the server's own"


async def test_closing_closes_every_connection_and_ends_what_is_in_flight(
    serve: Any, sockets: Callable[[], int]
) -> None:
    async def never(asked: Any) -> bytes:
        await asyncio.Event().wait()
        raise AssertionError

    server, silent = await serve(), await serve(never)
    client = httpx.AsyncClient(transport=OverClient(http_client()))
    await client.get(server.url)
    in_flight = asyncio.create_task(client.get(silent.url))
    await silent.at.get()
    await client.aclose()
    await server.empty()
    with pytest.raises(httpx.TransportError):
        await in_flight
    await silent.hang_up()
    assert sockets() == 2, "the servers' own"


async def test_it_reaches_a_server_and_follows_no_redirect(serve: Any) -> None:
    async def elsewhere(asked: Any) -> bytes:
        return b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n"

    server = await serve(elsewhere)
    async with OverClient(http_client(max_connections=2)) as transport:
        answer = await transport.handle_async_request(httpx.Request("GET", server.url))
        await answer.aclose()
    assert answer.status_code == 302
    assert len(server.asked) == 1


async def test_a_free_connection_is_closed_though_nobody_asks_for_one(serve: Any) -> None:
    first, second = await serve(), await serve()
    async with HttpClient(keepalive_s=0.02) as ours:
        client = httpx.AsyncClient(transport=OverClient(ours))
        for server in (first, second, first):
            await client.get(server.url)
        await first.empty()
        await second.empty()

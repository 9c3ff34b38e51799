"""Whatever a server sends, and in whichever pieces: the right body or a clear failure."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import httpx
import pytest

from daytona_validate._providers.daytona.wire.transport import http_client
from over_client import OverClient

OK = b"HTTP/1.1 200 OK\r\n"
OK_2 = OK + b"Content-Length: 2\r\n\r\n{}"
FORGED = OK + b"Content-Length: 6\r\n\r\nforged"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
LONGEST_S = 10.0
"""Only against what hangs."""

WHOLE: dict[str, tuple[bytes, int, bytes, bool]] = {
    "length": (OK_2, 200, b"{}", True),
    "length in small letters": (OK + b"content-length:2\r\n\r\n{}", 200, b"{}", True),
    "no body": (OK + b"Content-Length: 0\r\n\r\n", 200, b"", True),
    "chunks": (CHUNKED + b"5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n", 200, b"hello!", True),
    "chunks, extended": (
        CHUNKED + b"5;a=b\r\nhello\r\n00\r\nTrailer: x\r\n\r\n", 200, b"hello", True,
    ),
    "until the end": (OK + b"\r\nhello", 200, b"hello", False),
    "HTTP/1.0": (b"HTTP/1.0 200 OK\r\n\r\nhello", 200, b"hello", False),
    "to be closed": (OK + b"Connection: close\r\nContent-Length: 2\r\n\r\n{}", 200, b"{}", False),
    "204": (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b"", True),
    "304": (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", 304, b"", True),
    "100 first": (b"HTTP/1.1 100 Continue\r\n\r\n" + OK_2, 200, b"{}", True),
    "103 and 102 first": (
        b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n" + OK_2,
        200, b"{}", True,
    ),
    "no reason": (b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\n{}", 200, b"{}", True),
}  # fmt: skip
BROKEN = {
    "101": OK.replace(b"200 OK", b"101 Switching Protocols") + b"\r\n",
    "an upgrade": OK.replace(b"200 OK", b"101 Switching Protocols")
    + b"Connection: upgrade\r\nUpgrade: x\r\n\r\n",
    "nothing": b"",
    "no HTTP": b"hello\r\n\r\n",
    "half a head": OK + b"Content-Len",
    "a head that does not end": OK + b"X: " + b"x" * 200_000 + b"\r\n\r\n",
    "a header of two lines": OK + b"X: y\r\n z: \x00\r\nContent-Length: 2\r\n\r\n{}",
    "a length that is none": OK + b"Content-Length: 2x\r\n\r\n{}",
    "a negative length": OK + b"Content-Length: -2\r\n\r\n{}",
    "two lengths": OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}!",
    "a length and chunks": CHUNKED.replace(b"\r\n\r\n", b"\r\nContent-Length: 2\r\n\r\n")
    + b"2\r\n{}\r\n0\r\n\r\n",
    "a body that is too short": OK + b"Content-Length: 3\r\n\r\n{}",
    "chunks that end early": CHUNKED + b"5\r\nhello\r\n",
    "a chunk that ends early": CHUNKED + b"5\r\nhel",
    "a chunk that is too long": CHUNKED + b"5\r\nhello!\r\n0\r\n\r\n",
    "a first chunk without a size": CHUNKED + b"zz\r\nhello\r\n0\r\n\r\n",
    "a later chunk without a size": CHUNKED + b"5\r\nhello\r\nzz\r\nhello\r\n0\r\n\r\n",
    "a chunk of any size": CHUNKED + b"fffffffffffffffff\r\nhello",
}
JUNK = {
    "an answer": FORGED,
    "two answers": FORGED + FORGED,
    "half an answer": FORGED[:30],
    "an empty line": b"\r\n",
}


LOST = (httpx.RemoteProtocolError, httpx.ReadError)


@pytest.fixture
async def transport() -> AsyncIterator[OverClient]:
    async with OverClient(http_client(max_connections=1)) as transport:
        yield transport


async def sent(
    transport: OverClient, url: str, *, method: str = "POST", **timeout: float
) -> tuple[int, bytes]:
    request = httpx.Request(
        method, url, content=b"x" * 1000, extensions={"timeout": {"pool": 5.0, **timeout}}
    )
    async with asyncio.timeout(LONGEST_S):
        answer = await transport.handle_async_request(request)
        try:
            return answer.status_code, await answer.aread()
        finally:
            await answer.aclose()


def in_pieces(
    pieces: Iterator[tuple[bytes, ...]], *, stays: bool
) -> Callable[[Any], Awaitable[bytes | None]]:
    """Send the pieces one by one, and perhaps hang up."""

    async def give(asked: Any) -> bytes | None:
        for piece in next(pieces):
            asked.writer.write(piece)
            await asked.writer.drain()
            for _ in range(3):  # so that the other end comes to read it
                await asyncio.sleep(0)
        return b"" if stays else None

    return give


def cuts(answer: bytes) -> list[tuple[bytes, ...]]:
    """Return an answer whole, in single bytes, and cut in two at each place."""
    bytes_ = tuple(answer[at : at + 1] for at in range(len(answer)))
    return [(answer,), bytes_, *((answer[:at], answer[at:]) for at in range(1, len(answer)))]


@pytest.mark.slow
@pytest.mark.parametrize(("answer", "status", "body", "stays"), WHOLE.values(), ids=WHOLE)
async def test_an_answer_is_the_same_in_whichever_pieces_it_comes(  # noqa: PLR0917 - a table
    serve: Any, transport: OverClient, answer: bytes, status: int, body: bytes, stays: bool
) -> None:
    ways = cuts(answer)
    server = await serve(in_pieces(iter(ways), stays=stays))
    for _ in ways:
        assert await sent(transport, server.url) == (status, body)
    assert server.accepted == (1 if stays else len(ways))


@pytest.mark.slow
@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN)
async def test_an_answer_that_breaks_http_is_a_failure_and_no_body(
    serve: Any, transport: OverClient, answer: bytes
) -> None:
    ways = cuts(answer) if len(answer) < 1000 else [(answer,)]
    server, sound = await serve(in_pieces(iter(ways), stays=False)), await serve()
    for _ in ways:
        with pytest.raises(LOST):
            await sent(transport, server.url)
    assert await sent(transport, sound.url) == (200, b"{}")
    assert len(server.asked) == len(ways), "nothing was sent again"
    await server.empty()


@pytest.mark.slow
@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN)
async def test_an_answer_that_breaks_http_is_a_failure_though_the_connection_stays(
    serve: Any, transport: OverClient, answer: bytes
) -> None:
    ways = cuts(answer)[:2] if len(answer) < 1000 else [(answer,)]
    server = await serve(in_pieces(iter(ways), stays=True))
    for _ in ways:
        with pytest.raises((*LOST, httpx.ReadTimeout)):
            await sent(transport, server.url, read=0.05)
    await server.empty()


@pytest.mark.parametrize("junk", JUNK.values(), ids=JUNK)
@pytest.mark.parametrize("is_late", [False, True], ids=["with the answer", "after it"])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_what_comes_after_an_answer_is_no_answer(
    serve: Any, transport: OverClient, junk: bytes, is_late: bool, method: str
) -> None:
    """Whoever can have a server say more than it was asked must not answer the next request."""

    async def more_than_asked(asked: Any) -> bytes:
        return OK_2 if is_late or len(server.asked) > 1 else OK_2 + junk

    server = await serve(more_than_asked)
    assert await sent(transport, server.url) == (200, b"{}")
    if is_late:
        (writer,) = server.open
        writer.write(junk)
        await writer.drain()
    assert await sent(transport, server.url, method=method) == (200, b"{}")
    assert await sent(transport, server.url) == (200, b"{}")


@pytest.mark.parametrize("part", [FORGED[:1], FORGED[:30], FORGED])
async def test_a_connection_that_said_more_than_it_was_asked_is_not_used_again(
    serve: Any, transport: OverClient, part: bytes
) -> None:
    server = await serve()
    await sent(transport, server.url)
    (writer,) = server.open
    writer.write(part)
    await writer.drain()
    for _ in range(5):  # the transport has read it
        await asyncio.sleep(0)
    await sent(transport, server.url)
    assert [asked.connection for asked in server.asked] == [1, 2]


@pytest.mark.parametrize(
    "pieces",
    [
        (OK_2 + b"!!!",),
        (OK_2[:-1], b"}!!!"),
        (OK_2 + FORGED[:30], FORGED[30:]),
        (CHUNKED, b"2\r\n{}\r\n0\r\n\r\n!"),
    ],
)
async def test_a_body_longer_than_announced_is_cut_there_or_a_failure(
    serve: Any, transport: OverClient, pieces: tuple[bytes, ...]
) -> None:
    server = await serve(in_pieces(iter([pieces, (OK_2,), (OK_2,)]), stays=True))
    for _ in range(2):
        try:
            assert await sent(transport, server.url) == (200, b"{}")
        except httpx.RemoteProtocolError:
            continue
    assert await sent(transport, server.url) == (200, b"{}")
    assert server.accepted == 2


async def test_an_answer_may_come_before_the_request_is_sent(
    transport: OverClient, serve: Any
) -> None:
    """As from a gateway that finds a body too large."""
    answered, gone = asyncio.Event(), asyncio.Event()

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\n{}")
        await answered.wait()
        with contextlib.suppress(OSError):
            while await reader.read(1_000_000):
                pass
        writer.close()
        gone.set()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, asyncio.timeout(LONGEST_S):
        before = asyncio.all_tasks()
        request = httpx.Request("POST", url, content=bytes(20_000_000))
        answer = await transport.handle_async_request(request)
        assert (answer.status_code, await answer.aread()) == (413, b"{}")
        await answer.aclose()
        assert len(asyncio.all_tasks() - before) == 1, "what serves; nothing sends any more"
        answered.set()
        await gone.wait()
    assert await sent(transport, (await serve()).url) == (200, b"{}")


async def test_closing_ends_what_is_being_read(serve: Any) -> None:
    async def half(asked: Any) -> bytes:
        asked.writer.write(OK + b"Content-Length: 9\r\n\r\nhalf")
        await asyncio.Event().wait()
        raise AssertionError

    server = await serve(half)
    transport = OverClient(http_client())
    reading = asyncio.create_task(sent(transport, server.url))
    await server.at.get()
    await transport.aclose()
    async with asyncio.timeout(LONGEST_S):
        with pytest.raises(httpx.ReadError, match="the client is closed"):
            await reading
    with pytest.raises(httpx.ConnectError, match="closed"):
        await sent(transport, server.url)

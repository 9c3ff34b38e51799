"""Bodies of requests and answers, as httpx knows them and aiohttp sends them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import aiohttp
import httpx
from aiohttp.abc import AbstractStreamWriter

from daytona_validate._providers.daytona.wire.aiohttp_failures import EXCHANGE_ERRORS, broken_off

_UNWAITED_BYTES = 32 * 1024
"""Half of what asyncio takes for a connection before it has who writes wait."""


class AnswerBody(httpx.AsyncByteStream):
    """Response body as it comes over the wire; its connection is free once it is read or closed.

    Args:
        answer: Whose body it is.
        on_closed: Called when the body is closed, once.
    """

    def __init__(self, answer: aiohttp.ClientResponse, on_closed: Callable[[], None]) -> None:
        self._answer = answer
        self._on_closed = on_closed
        self._is_closed = False

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Return itself: a body comes once."""
        return self

    async def __anext__(self) -> bytes:
        """Read what has come of the body.

        Raises:
            httpx.TransportError: It is not whole.
        """
        try:
            part = await self._answer.content.readany()
        except EXCHANGE_ERRORS as error:
            failure = broken_off(error)
        else:
            if part:
                return part
            raise StopAsyncIteration
        raise failure

    async def aclose(self) -> None:
        """Close the connection, if the body is not read to its end; also if cancelled."""
        if self._is_closed:
            return
        self._is_closed = True
        try:
            self._answer.close()
            await self._answer.wait_for_close()  # for what still sends the request's body
        finally:
            self._on_closed()


class LargeBody(aiohttp.Payload):
    """Request body that a server has to accept within a time; aiohttp knows no such time-out.

    Args:
        content: The body.
        longest_s: None: there is no limit.
    """

    def __init__(self, content: bytes, longest_s: float | None) -> None:
        super().__init__(content)
        self._size = len(content)
        self._longest_s = longest_s

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """Return the body as a text."""
        return str(self._value, encoding, errors)

    async def write(self, writer: AbstractStreamWriter) -> None:
        """Write the body.

        Raises:
            TimeoutError: It took too long.
        """
        async with asyncio.timeout(self._longest_s):
            await writer.write(self._value)


def payload(content: bytes, longest_s: float | None) -> bytes | LargeBody | None:
    """Return what aiohttp takes for a body; what is small goes out without a wait."""
    return LargeBody(content, longest_s) if len(content) > _UNWAITED_BYTES else content or None


def wake_when_lost(answer: aiohttp.ClientResponse) -> None:
    """Have who reads an answer told when its connection is lost.

    aiohttp 3.14 leaves them waiting where a chunk breaks HTTP, or where the session is closed.
    """
    connection = answer.connection
    if connection is None or connection.protocol is None:  # it is all there
        return
    closed, content = connection.protocol.closed, answer.content
    assert closed is not None  # noqa: S101 - asked for when it was connected

    def tell(_: object) -> None:
        if not content.is_eof() and content.exception() is None:
            content.set_exception(aiohttp.ClientPayloadError("the connection was lost in the body"))

    def forget() -> None:
        closed.remove_done_callback(tell)

    closed.add_done_callback(tell)
    content.on_eof(forget)

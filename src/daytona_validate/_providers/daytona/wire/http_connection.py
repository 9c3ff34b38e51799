"""HTTP/1.1 connection: one exchange at a time, parsed by llhttp, without a task or a stream.

Once a byte is sent, nobody can know what became of it: a failure here says whether any of the
answer was heard, and the pool decides what may be sent again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import cast

import httptools
import httpx

from daytona_validate._providers.daytona.wire.exchange import (
    Answer,
    Message,
    most_bytes,
)
from daytona_validate._providers.daytona.wire.request_head import head
from daytona_validate._systems import readiness

_PIECE_BYTES = 64 * 1024
"""Of a body that goes out in pieces, each when the ones before it are nearly gone."""
_BESIDE_BODY_BYTES = 64 * 1024
_MOST_FRAMING = 8
"""What an answer may have beside its body: gateways send long policies, and a chunk of one byte
takes six. More is no answer, and is not kept until it ends."""
_EARLY_S = 0.001
"""Loops may call a little before the time."""
_SWITCHING = 101


class HttpConnection(asyncio.Protocol):
    """HTTP/1.1 connection to one server.

    Args:
        loop: The running one.
        host: What each request calls the server.
        on_made: Called when it is connected.
        on_lost: Called when its socket is closed or about to be.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        host: str,
        *,
        on_made: Callable[[HttpConnection], None],
        on_lost: Callable[[HttpConnection], None],
    ) -> None:
        self.is_open = False
        """Whether it can have another exchange."""
        self.has_heard = False
        """Whether a byte of the answer came."""
        self._loop = loop
        self._host = host
        self._on_made = on_made
        self._on_lost = on_lost
        self._parser = httptools.HttpResponseParser(self)
        self._has_come: Callable[[], bool] = lambda: False
        self._timer: asyncio.TimerHandle | None = None
        self._answered: asyncio.Future[Answer] | None = None
        self._unsent = memoryview(b"")
        self._is_paused = False
        self._since_s = self._end_s = self._read_s = self._write_s = 0.0

    async def exchange(self, message: Message, end_s: float) -> Answer:
        """Send a message and return its answer; the connection is closed if there is none.

        Args:
            message: The message.
            end_s: The loop's time at which the exchange must be over.

        Raises:
            TimeoutError: It is not over then.
            httpx.TransportError: There is no answer.
        """
        answered: asyncio.Future[Answer] = self._loop.create_future()
        self._answered = answered
        try:
            self._begin(message, end_s)
            return await answered
        except BaseException:
            self.abort()
            raise

    def abort(self) -> None:
        """Close the connection, without a word to anybody."""
        self.is_open = False
        self._answered = None
        self._transport.abort()

    def fail(self, error: Exception) -> None:
        """Close the connection, and have whoever waits for an answer told why."""
        answered = self._answered
        self.abort()
        if answered is not None:
            with suppress(asyncio.InvalidStateError):  # it was called off
                answered.set_exception(error)

    def is_usable(self) -> bool:
        """Return whether it is open and nothing has come that the loop has not read yet."""
        return self.is_open and not self._has_come()

    def _begin(self, message: Message, end_s: float) -> None:
        self._end_s = end_s
        self._read_s, self._write_s = message.read_s, message.write_s
        self._asked_bytes, self._is_head = message.most_bytes, message.method == "HEAD"
        self.has_heard = self._has_head = self._is_whole = self._is_cut = self._has_more = False
        self._headers: dict[str, str] = {}
        self._parts: list[bytes] = []
        self._body_bytes = self._heard_bytes = 0
        self._since_s = self._loop.time()
        content = message.content or b""
        # No local variable has the head: the key is in it.
        self._transport.write(head(message, self._host) + content[:_PIECE_BYTES])
        if len(content) > _PIECE_BYTES:
            self._unsent = memoryview(content)[_PIECE_BYTES:]
            self._send()
        self._watch()

    def _send(self) -> None:
        while self._unsent and not self._is_paused:
            piece, self._unsent = self._unsent[:_PIECE_BYTES], self._unsent[_PIECE_BYTES:]
            self._transport.write(piece)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport."""
        self._transport = cast("asyncio.Transport", transport)
        self._has_come = readiness(transport.get_extra_info("socket"))
        self.is_open = True
        self._on_made(self)

    def pause_writing(self) -> None:
        """Send no more for now."""
        self._is_paused = True
        self._watch()

    def resume_writing(self) -> None:
        """Go on sending."""
        self._is_paused = False
        self._since_s = self._loop.time()
        self._send()

    def data_received(self, data: bytes) -> None:
        """Read more of the answer; what nobody asked for ends the connection."""
        if self._answered is None:
            self.abort()
            return
        self.has_heard = True
        self._heard_bytes += len(data)
        self._since_s = self._loop.time()
        problem: str | None = None
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            problem = str(error)
        if self._is_whole:
            is_all = not (problem or self._is_cut or self._has_more or self._unsent)
            self._finish(self._answered, stays=is_all and self._stays)
        elif problem is not None:
            self.fail(httpx.RemoteProtocolError(problem))
        elif self._heard_bytes > _BESIDE_BODY_BYTES + _MOST_FRAMING * self._body_bytes:
            self.fail(httpx.RemoteProtocolError("the answer has too much beside its body"))

    def eof_received(self) -> None:
        """Take it for the end of the connection."""
        self._end(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """Have whoever waits for an answer told."""
        self._end(exc)
        self.is_open = False
        self._unsent = memoryview(b"")
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._on_lost(self)

    def _end(self, error: Exception | None) -> None:
        if self._answered is None:
            self.is_open = False
        elif error is not None:
            self.fail(httpx.ReadError(str(error)))
        elif self._has_head and self._reads_until_end:
            self._finish(self._answered, stays=False)
        else:
            where = "in the middle of its answer" if self.has_heard else "without an answer"
            self.fail(httpx.RemoteProtocolError(f"the server disconnected {where}"))

    def _finish(self, answered: asyncio.Future[Answer], *, stays: bool) -> None:
        self._answered = None
        if not stays:
            self.abort()
        body = b"".join(self._parts)[: self._most_bytes + 1]
        self._parts = []
        with suppress(asyncio.InvalidStateError):  # it was called off
            answered.set_result(Answer(self._status, self._headers, body))

    def on_message_begin(self) -> None:
        """Note an answer that follows the one that was asked for."""
        self._has_more = self._is_whole

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header; those at the end of a body mean nothing to us."""
        if self._has_head:
            return
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        before = self._headers.get(key)
        self._headers[key] = text if before is None else f"{before}, {text}"

    def on_headers_complete(self) -> None:
        """Decide how much of the body is read."""
        if self._is_whole:
            return
        self._has_head = True
        self._status = self._parser.get_status_code()
        self._most_bytes = most_bytes(self._status, self._asked_bytes)
        if self._is_head and self._status >= 200:  # noqa: PLR2004 - HTTP's own
            self._is_whole = self._is_cut = True  # the parser waits for a body

    def on_body(self, body: bytes) -> None:
        """Keep a part of the body, up to its bound."""
        if self._is_whole:
            return
        self._parts.append(body)
        self._body_bytes += len(body)
        if self._body_bytes > self._most_bytes:
            self._is_whole = self._is_cut = True

    def on_message_complete(self) -> None:
        """Note the end of the answer, or forget one that comes before it."""
        if self._is_whole:
            return
        if self._status < 200 and self._status != _SWITCHING:  # noqa: PLR2004 - HTTP's own
            self._has_head = False
            self._headers = {}
            return
        if self._status != _SWITCHING:  # the parser raises for that one
            self._is_whole = True
            self._stays = self._parser.should_keep_alive()

    @property
    def _reads_until_end(self) -> bool:
        coding = self._headers.get("transfer-encoding", "")
        return "content-length" not in self._headers and not coding.rstrip().endswith("chunked")

    def _watch(self) -> None:
        """Have one timer look at the clock when it is due: most answers come long before."""
        due_s = self._due_s()
        if self._timer is not None:
            if self._timer.when() <= due_s:
                return
            self._timer.cancel()
        self._timer = self._loop.call_at(due_s, self._look)

    def _due_s(self) -> float:
        longest_s = self._write_s if self._is_paused else self._read_s
        return min(self._since_s + longest_s, self._end_s)

    def _look(self) -> None:
        self._timer = None
        if self._answered is None:
            return
        now_s = self._loop.time() + _EARLY_S
        if now_s < self._due_s():
            self._watch()
        elif now_s >= self._end_s:
            self.fail(TimeoutError())
        elif self._is_paused:
            self.fail(httpx.WriteTimeout("the server takes no more of the request"))
        else:
            self.fail(httpx.ReadTimeout("the server is silent"))

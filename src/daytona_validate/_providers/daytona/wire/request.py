"""One HTTP exchange with the service: what is sent, how long it may take, what is read.

Requests are built here and not by the client, whose defaults (headers, parameters, base URL)
may be a caller's own. The key is added as a request goes out and stands in no local variable;
an answer that repeats it is read as if it had not.

Whoever answers may have been taken over by a sandbox's program. So no coding is asked for and
none is undone (1 KB of nested gzip is a gigabyte), what is read has a bound for each kind of
answer, and large answers are parsed beside the event loop.
"""

from __future__ import annotations

import asyncio
import codecs
import json
import logging
import re
import time
from collections.abc import AsyncGenerator, Generator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib import metadata
from typing import NoReturn, TypeVar

import httpx
from pydantic import SecretStr

from daytona_validate._core import service_url
from daytona_validate._core.printable import one_line
from daytona_validate._providers.daytona.wire import body, retry_after
from daytona_validate._providers.daytona.wire.failures import (
    Call,
    FailureKind,
    ServiceFailure,
    malformed,
)
from daytona_validate._providers.daytona.wire.hidden_key import HiddenKey
from daytona_validate._providers.daytona.wire.network_failures import network_failure
from daytona_validate._providers.daytona.wire.status_table import is_html, status_failure
from daytona_validate._providers.daytona.wire.transport import AiohttpTransport

Value = TypeVar("Value")

_logger = logging.getLogger("daytona_validate")

CONNECT_S = 10.0
POOL_S = 30.0
"""Longest wait for a connection while all are in use."""
WRITE_S = 30.0
_BEYOND_READ_S = 60.0
"""A server that sends a byte now and then keeps every time-out of httpx's from firing, so the
whole exchange has a clock as well: that for its reading, and this for the rest."""
PARSED_IN_LOOP_BYTES = 64 * 1024
"""What is longer is parsed in a thread: a mebibyte of `{},` takes 30 ms."""
_PLAIN = re.compile(r"(https?://[^/?#@\\\s]+)((?:/(?!\.)[!$-.0-;=@-Z_a-z~]*)+)")
"""An address as nearly all are: what may have the key, and a path with nothing to be encoded."""
_url = lru_cache(256)(httpx.URL)
_HEADERS = httpx.Headers(
    {
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "User-Agent": f"daytona-validate/{metadata.version('daytona-validate')}",
    }
)
_HEADERS_WITH_JSON = httpx.Headers({**_HEADERS, "Content-Type": "application/json"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRequest:
    """One HTTP request to the service, as it is sent."""

    call: Call
    url: str
    params: Mapping[str, str] | None = None
    content: bytes | None = None
    """JSON; None sends no body."""
    read_s: float
    """Longest silence while the answer is waited for and read."""
    answer_bytes: int = body.ANSWER_BYTES
    """Most that is read of the answer, as it comes over the wire."""


class _Bearer(httpx.Auth):
    """Bearer authentication: adds the key to a request, as late as can be."""

    def __init__(self, key: SecretStr) -> None:
        self._key = key

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        self.add_to(request)
        yield request

    def add_to(self, request: httpx.Request) -> None:
        request.headers["Authorization"] = f"Bearer {self._key.get_secret_value()}"


class Wire:
    """HTTP client for one key: sends requests and reads their responses, within bounds.

    Args:
        base_url: The user's own address of the API; see `service_url.refusal`.
        api_key: Goes with every request.
        client: Sends them: a caller's own client, or a transport of ours. What a client adds to a
            transport costs more than the transport, and we need none of it.
    """

    def __init__(
        self, base_url: str, api_key: SecretStr, client: httpx.AsyncClient | AiohttpTransport
    ) -> None:
        self._key = HiddenKey(api_key)
        self._auth = _Bearer(api_key)
        self._client = client
        self.creations_left: retry_after.CreationsLeft | None = None
        """What an answer said last."""
        self._refusal = lru_cache(256)(partial(service_url.refusal, named_by=base_url))

    async def json(self, request: ServiceRequest) -> object:
        """Send a request and return the JSON of its answer, which is a success.

        Raises:
            ServiceFailure: There was no answer, another status, a page for people, too much, or
                no JSON.
        """
        content = await self._read(request, body.whole)
        try:
            if len(content) <= PARSED_IN_LOOP_BYTES:
                return self._parsed(content)
            return await asyncio.to_thread(self._parsed, content)
        except (ValueError, RecursionError) as error:
            reason = "it is not JSON, or is cut off" if content else "it is empty"
            # The error holds what was received, in which the key may stand.
            cause = None if self._key.is_revealed_by(error) else error
            raise malformed(request.call, reason, retryable=True) from cause

    async def taken(self, request: ServiceRequest) -> None:
        """Send a request whose success says all: its answer is not read.

        Raises:
            ServiceFailure: There was no answer, another status, or a page for people.
        """
        await self._read(request, body.unused)

    async def text(self, request: ServiceRequest, *, longest_s: float) -> AsyncGenerator[str]:
        """Send a request and return the text of its answer as it comes.

        What is longer than the request's `answer_bytes` is cut, and a last line says so.

        Args:
            request: The request.
            longest_s: Seconds after which it is broken off, however lively it is.

        Raises:
            ServiceFailure: As `json`, also in the middle of it.
        """
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        hiding = self._key.in_pieces()
        end_s = asyncio.get_running_loop().time() + longest_s
        left_bytes = request.answer_bytes
        try:
            response = await self._answered(request)
            try:
                body.refuse_coded(request.call, response)
                parts = response.aiter_bytes()
                while left_bytes >= 0:
                    # The clock runs here and not around the whole: a generator's caller may be
                    # anywhere when it fires.
                    async with asyncio.timeout_at(end_s):
                        part = await anext(parts, None)
                    is_last = part is None
                    text = decoder.decode((part or b"")[:left_bytes], final=is_last)
                    if shown := hiding.of(text, is_last=is_last):
                        yield shown
                    if part is None:
                        return
                    left_bytes -= len(part)
                size = body.size_text(request.answer_bytes)
                yield f"{hiding.of('', is_last=True)}\n(longer than {size}: the rest is left out)\n"
            finally:
                await response.aclose()
        except Exception as error:  # noqa: BLE001 - a client's own hooks may raise anything
            self._fail(request.call, error)

    async def _read(self, request: ServiceRequest, read: body.Read[Value]) -> Value:
        """Send a request and read its answer, a success, all within the clock of the exchange."""
        call = request.call
        try:
            async with asyncio.timeout(request.read_s + _BEYOND_READ_S):
                response = await self._answered(request)
                try:
                    return await read(call, response, request.answer_bytes)
                finally:
                    await response.aclose()
        except Exception as error:  # noqa: BLE001 - a client's own hooks may raise anything
            self._fail(call, error)

    def _fail(self, call: Call, error: Exception) -> NoReturn:
        """Raise what an exception of an exchange means."""
        if isinstance(error, ServiceFailure):
            raise error
        # An exception may quote what was sent or received: then it is not shown either.
        cause = None if self._key.is_revealed_by(error) else error
        raise network_failure(call, error, hide=self._key.hide) from cause

    async def _answered(self, request: ServiceRequest) -> httpx.Response:
        """Send a request and return its answer, not yet read, if it is a success."""
        response = await self._sent(request)
        try:
            await self._check(request.call, response)
        except BaseException:
            await response.aclose()
            raise
        return response

    async def _check(self, call: Call, response: httpx.Response) -> None:
        """Raise the failure that an answer means which is no success."""
        self._log(call, response)
        if not response.is_success:
            raise status_failure(
                call,
                response.status_code,
                headers=_headers(response),
                body=await body.words(response),
                now_s=time.time(),
                hide=self._key.hide,
            )
        if is_html(response.headers):
            raise malformed(call, "it is an HTML page")
        if retry_after.CREATIONS_LEFT in response.headers:
            self.creations_left = retry_after.creations_left(response.headers)

    async def _sent(self, request: ServiceRequest) -> httpx.Response:
        client = self._client
        plain = None if request.params else _PLAIN.fullmatch(request.url)
        self._refuse(request, plain[1] if plain else request.url.partition("?")[0])
        if isinstance(client, AiohttpTransport):
            message = _message(request) if plain is None else _bare_message(request, plain)
            self._auth.add_to(message)
            return await client.handle_async_request(message)
        return await client.send(
            _message(request), auth=self._auth, follow_redirects=False, stream=True
        )

    def _refuse(self, request: ServiceRequest, address: str) -> None:
        """Send nothing to an address that may not have the key, or by a client that is closed."""
        refusal = self._refusal(address)
        if refusal is None and not self._client.is_closed:
            return
        reason = f"its address is refused: {refusal}" if refusal else "the HTTP client is closed"
        raise ServiceFailure(
            f"Nothing was sent ({request.call}): {reason}",
            kind=FailureKind.UNREACHABLE,
            subject=request.call.subject,
        )

    def _parsed(self, content: bytes) -> object:
        # An escape may hide the key from whoever looks at the bytes.
        value: object = json.loads(self._key.hide_bytes(content))
        return self._key.hide_in(value) if b"\\" in content else value

    def _log(self, call: Call, response: httpx.Response) -> None:
        if _logger.isEnabledFor(logging.DEBUG):
            said = response.headers.get("x-daytona-api-version", "of an unknown version")
            version = one_line(self._key.hide(said))
            _logger.debug("%s: %d, by Daytona %s", call, response.status_code, version)


def _headers(response: httpx.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


def _message(request: ServiceRequest) -> httpx.Request:
    url = httpx.URL(request.url)
    return httpx.Request(
        request.call.method,
        url.copy_merge_params(request.params) if request.params else url,
        headers=_HEADERS if request.content is None else _HEADERS_WITH_JSON,
        content=request.content,
        extensions={"timeout": _times(request)},
    )


def _bare_message(request: ServiceRequest, plain: re.Match[str]) -> httpx.Request:
    """Return a message for our transport, a tenth of the work: of its address only the path is new.

    The body's length and the host are left for the transport to say.
    """
    return httpx.Request(
        request.call.method,
        _url(plain[1]),
        headers=_HEADERS if request.content is None else _HEADERS_WITH_JSON,
        stream=httpx.ByteStream(request.content or b""),
        extensions={"timeout": _times(request), "target": plain[2]},
    )


def _times(request: ServiceRequest) -> dict[str, float]:
    return {"connect": CONNECT_S, "read": request.read_s, "write": WRITE_S, "pool": POOL_S}

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
import time
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import metadata

import httpx
from pydantic import SecretStr

from daytona_validate._core import service_url
from daytona_validate._core.printable import one_line
from daytona_validate._providers.daytona.wire import body
from daytona_validate._providers.daytona.wire.failures import (
    Call,
    FailureKind,
    ServiceFailure,
    malformed,
)
from daytona_validate._providers.daytona.wire.hidden_key import HiddenKey
from daytona_validate._providers.daytona.wire.network_failures import network_failure
from daytona_validate._providers.daytona.wire.status_table import is_html, status_failure

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
_USER_AGENT = f"daytona-validate/{metadata.version('daytona-validate')}"


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
        request.headers["Authorization"] = f"Bearer {self._key.get_secret_value()}"
        yield request


class Wire:
    """HTTP client for one key: sends requests and reads their responses, within bounds.

    Args:
        base_url: The user's own address of the API; see `service_url.refusal`.
        api_key: Goes with every request.
        client: Sends them.
    """

    def __init__(self, base_url: str, api_key: SecretStr, client: httpx.AsyncClient) -> None:
        self._base_url = base_url
        self._key = HiddenKey(api_key)
        self._auth = _Bearer(api_key)
        self._client = client

    async def json(self, request: ServiceRequest) -> object:
        """Send a request and return the JSON of its answer, which is a success.

        Raises:
            ServiceFailure: There was no answer, another status, a page for people, too much, or
                no JSON.
        """
        call = request.call
        async with self._clocked(request), self._response(request) as response:
            body.refuse_coded(call, response)
            content = await body.whole(call, response, request.answer_bytes)
        try:
            if len(content) <= PARSED_IN_LOOP_BYTES:
                return self._parsed(content)
            return await asyncio.to_thread(self._parsed, content)
        except (ValueError, RecursionError) as error:
            reason = "it is not JSON, or is cut off" if content else "it is empty"
            # The error holds what was received, in which the key may stand.
            cause = None if self._key.is_revealed_by(error) else error
            raise malformed(call, reason, retryable=True) from cause

    async def taken(self, request: ServiceRequest) -> None:
        """Send a request whose success says all: its answer is not read.

        Raises:
            ServiceFailure: There was no answer, another status, or a page for people.
        """
        async with self._clocked(request), self._response(request) as response:
            await body.start(response, body.ERROR_BYTES)  # so that the connection can be used again

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
        async with self._translated(request.call), self._response(request) as response:
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

    @asynccontextmanager
    async def _clocked(self, request: ServiceRequest) -> AsyncIterator[None]:
        async with (
            self._translated(request.call),
            asyncio.timeout(request.read_s + _BEYOND_READ_S),
        ):
            yield

    @asynccontextmanager
    async def _translated(self, call: Call) -> AsyncIterator[None]:
        try:
            yield
        except ServiceFailure:
            raise
        except Exception as error:  # noqa: BLE001 - a client's own hooks may raise anything
            # An exception may quote what was sent or received: then it is not shown either.
            cause = None if self._key.is_revealed_by(error) else error
            raise network_failure(call, error, hide=self._key.hide) from cause

    @asynccontextmanager
    async def _response(self, request: ServiceRequest) -> AsyncIterator[httpx.Response]:
        """Send a request; hold the answer, if it is a success, until it is read."""
        call = request.call
        self._refuse(request)
        message = _message(request)
        response = await self._client.send(
            message, auth=self._auth, follow_redirects=False, stream=True
        )
        try:
            headers = _headers(response)
            self._log(call, response.status_code, headers)
            if not response.is_success:
                raise status_failure(
                    call,
                    response.status_code,
                    headers=headers,
                    body=await body.words(response),
                    now_s=time.time(),
                    hide=self._key.hide,
                )
            if is_html(headers):
                raise malformed(call, "it is an HTML page")
            yield response
        finally:
            await response.aclose()

    def _refuse(self, request: ServiceRequest) -> None:
        """Send nothing to an address that may not have the key, or by a client that is closed."""
        address = request.url.partition("?")[0]
        refusal = service_url.refusal(address, named_by=self._base_url)
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

    def _log(self, call: Call, status: int, headers: Mapping[str, str]) -> None:
        if _logger.isEnabledFor(logging.DEBUG):
            version = self._key.hide(headers.get("x-daytona-api-version", "of an unknown version"))
            _logger.debug("%s: %d, by Daytona %s", call, status, one_line(version))


def _headers(response: httpx.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


def _message(request: ServiceRequest) -> httpx.Request:
    headers = {
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "User-Agent": _USER_AGENT,
    }
    if request.content is not None:
        headers["Content-Type"] = "application/json"
    url = httpx.URL(request.url)
    times = {"connect": CONNECT_S, "read": request.read_s, "write": WRITE_S, "pool": POOL_S}
    return httpx.Request(
        request.call.method,
        url.copy_merge_params(request.params) if request.params else url,
        headers=headers,
        content=request.content,
        extensions={"timeout": times},
    )

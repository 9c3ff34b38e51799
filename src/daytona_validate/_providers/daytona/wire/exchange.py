"""One HTTP exchange with the service: what is sent, how long it may take, what is read.

Requests are built here and not by the client, whose defaults (headers, parameters, base URL)
may be a caller's own. The key is added as a request goes out and stands in no local variable;
an answer that repeats it is read as if it had not.
"""

from __future__ import annotations

import asyncio
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
from daytona_validate._providers.daytona.wire.failures import (
    Call,
    Kind,
    ServiceFailure,
    failure,
    is_html,
    malformed,
)
from daytona_validate._providers.daytona.wire.network_failures import network_failure

_logger = logging.getLogger("daytona_validate")

CONNECT_S = 10.0
POOL_S = 30.0
"""Longest wait for a connection while all are in use."""
WRITE_S = 30.0
_BEYOND_READ_S = 60.0
"""A server that sends a byte now and then keeps every time-out of httpx's from firing, so the
whole exchange has a clock as well: that for its reading, and this for the rest."""
ANSWER_BYTES = 64 * 1024 * 1024
"""More than the largest answer that makes sense. A sandbox's program may have taken over its
daemon: what it answers must not fill our memory."""
_HIDDEN = "***"
_USER_AGENT = f"daytona-validate/{metadata.version('daytona-validate')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request as it is sent."""

    call: Call
    url: str
    params: Mapping[str, str] | None = None
    content: bytes | None = None
    """JSON; None sends no body."""
    read_s: float
    """Longest silence while the answer is waited for and read."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful answer."""

    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


class _Bearer(httpx.Auth):
    """Adds the key to a request, as late as can be."""

    def __init__(self, key: SecretStr) -> None:
        self._key = key

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._key.get_secret_value()}"
        yield request


class Wire:
    """Sends requests with a key and reads their answers."""

    def __init__(self, api_key: SecretStr, client: httpx.AsyncClient) -> None:
        self._key = api_key
        self._auth = _Bearer(api_key)
        self._client = client

    async def answer(self, exchange: Exchange) -> Answer:
        """Send a request and return its answer, which is a success and read to its end.

        Raises:
            ServiceFailure: There was no answer, another status, a page for people, or too much.
        """
        async with self._clocked(exchange), self._response(exchange) as response:
            return Answer(_headers(response), await self._body(exchange.call, response))

    async def text(self, exchange: Exchange) -> AsyncGenerator[str]:
        """Send a request and return the text of its answer as it comes.

        Raises:
            ServiceFailure: As `answer`, also in the middle of it.
        """
        async with self._translated(exchange.call), self._response(exchange) as response:
            async for text in response.aiter_text():
                yield self._hide(text)

    @asynccontextmanager
    async def _clocked(self, exchange: Exchange) -> AsyncIterator[None]:
        async with (
            self._translated(exchange.call),
            asyncio.timeout(exchange.read_s + _BEYOND_READ_S),
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
            cause = None if self._is_told_by(error) else error
            raise network_failure(call, error, hide=self._hide) from cause

    @asynccontextmanager
    async def _response(self, exchange: Exchange) -> AsyncIterator[httpx.Response]:
        """Send a request; hold the answer, if it is a success, until it is read."""
        call = exchange.call
        self._refuse(exchange)
        request = _request(exchange)
        response = await self._client.send(
            request, auth=self._auth, follow_redirects=False, stream=True
        )
        try:
            headers = _headers(response)
            self._log(call, response.status_code, headers)
            if not response.is_success:
                body = await self._body(call, response)
                raise failure(
                    call,
                    response.status_code,
                    headers=headers,
                    body=body,
                    now_s=time.time(),
                    hide=self._hide,
                )
            if is_html(headers):
                raise malformed(call, "it is an HTML page")
            yield response
        finally:
            await response.aclose()

    def _refuse(self, exchange: Exchange) -> None:
        """Send nothing to an address that may not have the key, or by a client that is closed."""
        refusal = service_url.refusal(exchange.url.partition("?")[0])
        if refusal is None and not self._client.is_closed:
            return
        reason = f"its address is refused: {refusal}" if refusal else "the HTTP client is closed"
        raise ServiceFailure(
            f"Nothing was sent ({exchange.call}): {reason}",
            kind=Kind.UNREACHABLE,
            subject=exchange.call.subject,
        )

    async def _body(self, call: Call, response: httpx.Response) -> bytes:
        body = bytearray()
        async for part in response.aiter_bytes():
            body += part
            if len(body) > ANSWER_BYTES:
                raise malformed(call, f"it is longer than {ANSWER_BYTES // 1024**2} MiB")
        return bytes(body).replace(self._key.get_secret_value().encode(), _HIDDEN.encode())

    def _log(self, call: Call, status: int, headers: Mapping[str, str]) -> None:
        if _logger.isEnabledFor(logging.DEBUG):
            version = self._hide(headers.get("x-daytona-api-version", "of an unknown version"))
            _logger.debug("%s: %d, by Daytona %s", call, status, one_line(version))

    def _hide(self, text: str) -> str:
        return text.replace(self._key.get_secret_value(), _HIDDEN)

    def _is_told_by(self, error: BaseException | None) -> bool:
        """Return whether an exception or one that it came from quotes the key."""
        seen: set[int] = set()  # a caller's own client may raise errors that are each other's cause
        while error is not None and id(error) not in seen:
            seen.add(id(error))
            if self._key.get_secret_value() in str(error):
                return True
            error = error.__cause__ or error.__context__
        return False


def _headers(response: httpx.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


def _request(exchange: Exchange) -> httpx.Request:
    headers = {"Accept": "application/json", "User-Agent": _USER_AGENT}
    if exchange.content is not None:
        headers["Content-Type"] = "application/json"
    url = httpx.URL(exchange.url)
    times = {"connect": CONNECT_S, "read": exchange.read_s, "write": WRITE_S, "pool": POOL_S}
    return httpx.Request(
        exchange.call.method,
        url.copy_merge_params(exchange.params) if exchange.params else url,
        headers=headers,
        content=exchange.content,
        extensions={"timeout": times},
    )

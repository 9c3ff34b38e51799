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
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import NoReturn

import httpx
from pydantic import SecretStr

from daytona_validate._core import service_url
from daytona_validate._core.limits import MIB
from daytona_validate._core.printable import one_line
from daytona_validate._providers.daytona.wire import retry_after
from daytona_validate._providers.daytona.wire.exchange import (
    ERROR_BYTES,
    Answer,
    Message,
    OverHttpx,
    coding,
    headers_of,
    start,
)
from daytona_validate._providers.daytona.wire.failures import (
    Call,
    FailureKind,
    ServiceFailure,
    malformed,
)
from daytona_validate._providers.daytona.wire.hidden_key import HiddenKey
from daytona_validate._providers.daytona.wire.network_failures import network_failure
from daytona_validate._providers.daytona.wire.status_table import is_html, status_failure
from daytona_validate._providers.daytona.wire.transport import HttpClient

_logger = logging.getLogger("daytona_validate")

ANSWER_BYTES = MIB
"""Of an answer that is read whole; a request that expects more says so."""
PARSED_IN_LOOP_BYTES = 64 * 1024
"""What is longer is parsed in a thread: a mebibyte of `{},` takes 30 ms."""
_PLAIN = re.compile(r"(https?://[!$-.0-;=A-Z_a-z~\[\]]+)((?:/(?!\.)[!$-.0-;=@-Z_a-z~]*)+)")
"""An address as nearly all are: what may have the key, and a path with nothing to be encoded."""


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
    answer_bytes: int = ANSWER_BYTES
    """Most that is read of the answer, as it comes over the wire."""


class Wire:
    """HTTP client for one key: sends requests and reads their responses, within bounds.

    Args:
        base_url: The user's own address of the API; see `service_url.refusal`.
        api_key: Goes with every request.
        client: Sends them: a caller's own client, or ours.
    """

    def __init__(
        self, base_url: str, api_key: SecretStr, client: httpx.AsyncClient | HttpClient
    ) -> None:
        self._api_key = api_key
        self._key = HiddenKey(api_key)
        self._client = OverHttpx(client) if isinstance(client, httpx.AsyncClient) else client
        self.creations_left: retry_after.CreationsLeft | None = None
        """What an answer said last."""
        self._refusal = lru_cache(256)(partial(service_url.refusal, named_by=base_url))

    async def json(self, request: ServiceRequest) -> object:
        """Send a request and return the JSON of its answer, which is a success.

        Raises:
            ServiceFailure: There was no answer, another status, a page for people, too much, or
                no JSON.
        """
        answer = await self._answer(request)
        content = answer.body
        _refuse_coded(request.call, answer.headers)
        if len(content) > request.answer_bytes:
            raise malformed(request.call, f"it is longer than {_size_text(request.answer_bytes)}")
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
        await self._answer(request)

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
            response = await self._client.response(self._message(request))
            try:
                headers = headers_of(response)
                words = b"" if response.is_success else await start(response, ERROR_BYTES)
                self._check(request.call, Answer(response.status_code, headers, words))
                _refuse_coded(request.call, headers)
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
                size = _size_text(request.answer_bytes)
                yield f"{hiding.of('', is_last=True)}\n(longer than {size}: the rest is left out)\n"
            finally:
                await response.aclose()
        except Exception as error:  # noqa: BLE001 - a client's own hooks may raise anything
            self._fail(request.call, error)

    async def _answer(self, request: ServiceRequest) -> Answer:
        """Send a request and return its answer, if it is a success."""
        try:
            answer = await self._client.answer(self._message(request))
        except Exception as error:  # noqa: BLE001 - a client's own hooks may raise anything
            self._fail(request.call, error)
        self._check(request.call, answer)
        return answer

    def _fail(self, call: Call, error: Exception) -> NoReturn:
        """Raise what an exception of an exchange means."""
        if isinstance(error, ServiceFailure):
            raise error
        # An exception may quote what was sent or received: then it is not shown either.
        cause = None if self._key.is_revealed_by(error) else error
        raise network_failure(call, error, hide=self._key.hide) from cause

    def _check(self, call: Call, answer: Answer) -> None:
        """Raise the failure that an answer means which is no success."""
        self._log(call, answer)
        if not answer.is_success:
            raise status_failure(
                call,
                answer.status,
                headers=answer.headers,
                body=_words(answer),
                now_s=time.time(),
                hide=self._key.hide,
            )
        if is_html(answer.headers):
            raise malformed(call, "it is an HTML page")
        if retry_after.CREATIONS_LEFT in answer.headers:
            self.creations_left = retry_after.creations_left(answer.headers)

    def _message(self, request: ServiceRequest) -> Message:
        plain = None if request.params else _PLAIN.fullmatch(request.url)
        if plain is not None:
            origin, target = plain.groups()
            self._refuse(request, origin)
        else:
            self._refuse(request, request.url.partition("?")[0])
            url = httpx.URL(request.url)
            url = url.copy_merge_params(request.params) if request.params else url
            origin = f"{url.scheme}://{url.netloc.decode()}"
            target = url.raw_path.decode()
        return Message(
            method=request.call.method,
            origin=origin,
            target=target,
            content=request.content,
            key=self._api_key,
            most_bytes=request.answer_bytes,
            read_s=request.read_s,
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

    def _log(self, call: Call, answer: Answer) -> None:
        if _logger.isEnabledFor(logging.DEBUG):
            said = answer.headers.get("x-daytona-api-version", "of an unknown version")
            version = one_line(self._key.hide(said))
            _logger.debug("%s: %d, by Daytona %s", call, answer.status, version)


def _refuse_coded(call: Call, headers: Mapping[str, str]) -> None:
    """Raise a `ServiceFailure` for an answer whose body would have to be decompressed."""
    found = coding(headers)
    if found is not None:
        raise malformed(
            call,
            f"it is compressed ({found}) though Accept-Encoding: identity was sent; "
            "turn compression off in any proxy on the way",
        )


def _words(answer: Answer) -> bytes:
    """Return what an answer other than a success says."""
    found = coding(answer.headers)
    if found is not None:
        return f"words compressed as {one_line(found, 20)}, which nobody asked for".encode()
    return answer.body[:ERROR_BYTES]


def _size_text(size_bytes: int) -> str:
    """Return a size for people."""
    return f"{size_bytes / MIB:.3g} MiB"

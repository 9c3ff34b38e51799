"""One exchange: the message that goes out, the answer that comes back whole, and who does it.

A message holds all that is sent and how long each part of it may take; an answer holds its body,
raw and no longer than was asked for. `connection_pool` does it over connections of our own;
`OverHttpx` does it with an `httpx.AsyncClient`, a caller's own or one that knows proxies.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from typing import NamedTuple

import httpx
from pydantic import SecretStr

CONNECT_S = 10.0
POOL_S = 30.0
"""Longest wait for a connection while all are in use."""
WRITE_S = 30.0
BEYOND_READ_S = 60.0
"""A server that sends a byte now and then keeps every other time-out from firing, so the whole
exchange has a clock as well: that for its reading, and this for the rest."""
ERROR_BYTES = 64 * 1024
"""Of an answer that says failure. It is a short JSON object; what comes after is not read."""

HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",
    "User-Agent": f"daytona-validate/{metadata.version('daytona-validate')}",
}
HEADERS_WITH_JSON = {**HEADERS, "Content-Type": "application/json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """HTTP request, as it is sent."""

    method: str
    origin: str
    """Scheme, host and port, as in `https://app.daytona.io`."""
    target: str
    """Path and query, encoded."""
    content: bytes | None = None
    """JSON; None sends no body."""
    key: SecretStr | None = None
    """The bearer's; None: nobody asks."""
    most_bytes: int
    """Of the body of a success: one byte more is returned of what is longer."""
    read_s: float
    """Longest silence while the answer is waited for and read."""
    connect_s: float = CONNECT_S
    pool_s: float = POOL_S
    write_s: float = WRITE_S

    @property
    def longest_s(self) -> float:
        """How long the whole exchange may take."""
        return self.read_s + BEYOND_READ_S


class Answer(NamedTuple):
    """HTTP response whose body was read, undecoded, as far as it is wanted."""

    status: int
    headers: dict[str, str]
    """Names in lower case; what came more than once is joined by commas."""
    body: bytes

    @property
    def is_success(self) -> bool:
        """Whether the request was taken."""
        return is_success(self.status)


def is_success(status: int) -> bool:
    """Return whether a status says that the request was taken."""
    return 200 <= status < 300  # noqa: PLR2004 - HTTP's own


def most_bytes(status: int, asked_bytes: int) -> int:
    """Return how much is read of the body of an answer."""
    return asked_bytes if is_success(status) else ERROR_BYTES


def authorization(key: SecretStr) -> str:
    """Return the value of the header that has the key."""
    return f"Bearer {key.get_secret_value()}"


class _Bearer(httpx.Auth):
    """Bearer authentication: adds the key to a request, as late as can be."""

    def __init__(self, key: SecretStr) -> None:
        self._key = key

    def auth_flow(self, request: httpx.Request):  # type: ignore[no-untyped-def]  # noqa: ANN202
        request.headers["Authorization"] = authorization(self._key)
        yield request


class OverHttpx:
    """HTTP client: exchanges by an `httpx.AsyncClient`.

    Args:
        client: Sends the requests; not closed. Its default headers, parameters and base URL play
            no part.
    """

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    @property
    def is_closed(self) -> bool:
        """Whether nothing can be sent any more."""
        return self._client.is_closed

    async def answer(self, message: Message) -> Answer:
        """Send a message and return its answer.

        Raises:
            Exception: There is none; a client's own hooks may raise anything.
        """
        async with asyncio.timeout(message.longest_s):
            response = await self.response(message)
            try:
                body = await start(response, most_bytes(response.status_code, message.most_bytes))
            finally:
                await response.aclose()
        return Answer(response.status_code, headers_of(response), body)

    async def response(self, message: Message) -> httpx.Response:
        """Send a message and return its answer, not yet read; whoever has it closes it.

        Raises:
            Exception: As `answer`.
        """
        request = httpx.Request(
            message.method,
            message.origin + message.target,
            headers=HEADERS if message.content is None else HEADERS_WITH_JSON,
            content=message.content,
            extensions={
                "timeout": {
                    "connect": message.connect_s,
                    "read": message.read_s,
                    "write": message.write_s,
                    "pool": message.pool_s,
                }
            },
        )
        return await self._client.send(
            request,
            auth=None if message.key is None else _Bearer(message.key),
            follow_redirects=False,
            stream=True,
        )


def headers_of(response: httpx.Response) -> dict[str, str]:
    """Return the headers of a response of httpx's, as an `Answer` has them."""
    return {name.lower(): value for name, value in response.headers.items()}


def coding(headers: Mapping[str, str]) -> str | None:
    """Return the coding of an answer's body; None: there is none to undo."""
    named = headers.get("content-encoding")
    if named is None:
        return None
    names = named.lower().replace(" ", "").split(",")
    return ", ".join(name for name in names if name not in ("", "identity")) or None


async def start(response: httpx.Response, most_bytes: int) -> bytes:
    """Return no more than the first bytes of a body and one; the rest is not waited for."""
    body = bytearray()
    # httpx undoes any coding, and bounds nothing; `aiter_raw` does not know bodies that a client
    # has read.
    is_coded = coding(headers_of(response)) is not None
    async for part in response.aiter_raw() if is_coded else response.aiter_bytes():
        body += part[: most_bytes + 1 - len(body)]
        if len(body) > most_bytes:
            break
    return bytes(body)

"""The head of a request, as bytes. Nothing in it can be more than it says."""

from __future__ import annotations

import re
from collections.abc import Mapping

import httpx

from daytona_validate._providers.daytona.wire.exchange import (
    HEADERS,
    HEADERS_WITH_JSON,
    Message,
    authorization,
)


def _lines(headers: Mapping[str, str]) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode()


_LINES, _LINES_WITH_JSON = _lines(HEADERS), _lines(HEADERS_WITH_JSON)
_PLAIN = re.compile(r"[A-Z]+ [!-~]+ [!-~]+")
_VALUE = re.compile(rb"[ -~\x80-\xff]*")


def head(message: Message, host: str) -> bytes:
    """Return the head of a request.

    Raises:
        httpx.LocalProtocolError: A part of it would be more than it says.
    """
    line = f"{message.method} {message.target} {host}"
    if not _PLAIN.fullmatch(line):
        raise httpx.LocalProtocolError("the request's address is no address")
    content = message.content
    lines = _LINES if content is None else _LINES_WITH_JSON
    length = "" if content is None else f"Content-Length: {len(content)}\r\n"
    start = f"{message.method} {message.target} HTTP/1.1\r\nHost: {host}\r\n{length}"
    return start.encode() + lines + _authorization(message) + b"\r\n"


def _authorization(message: Message) -> bytes:
    if message.key is None:
        return b""
    if not _VALUE.fullmatch(authorization(message.key).encode()):
        raise httpx.LocalProtocolError("the key is no header's value")
    return b"Authorization: " + authorization(message.key).encode() + b"\r\n"

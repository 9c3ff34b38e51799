"""The body of a request: bounded, and a JSON value where it is to be one."""

from __future__ import annotations

import json
import re

from starlette.requests import Request
from starlette.types import Message

from daytona_validate._emulator.refusals import HttpRefusal

MOST_BYTES = 64 * 1024 * 1024
"""Of one request; the platform has no bound, but its memory is not that of this host."""

_HALF_PAIR = re.compile("[\ud800-\udfff]")


def bounded(request: Request) -> Request:
    """Return a request whose body, however it is read, ends with a refusal (413) beyond a bound.

    What still comes after the refusal is dropped by the server as it arrives.
    """
    left = MOST_BYTES

    async def receive() -> Message:
        nonlocal left
        message = await request.receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise HttpRefusal(
                413, f"request entity too large: the emulator takes {MOST_BYTES} bytes"
            )
        return message

    return Request(request.scope, receive)


async def json_body(request: Request) -> object:
    """Return the JSON value that a request brings, with text that can be encoded again.

    Raises:
        HttpRefusal: The body is no JSON (400), or too large (413).
        ClientDisconnect: The client went away in the middle of it.
    """
    raw = await request.body()
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise HttpRefusal(400, f"invalid JSON: {error}", code="INVALID_REQUEST_BODY") from None
    if b"\\ud" not in raw.lower():
        return value
    # Half of a pair of surrogates, as Go reads it; kept, no answer could ever name the row again.
    return json.loads(
        _HALF_PAIR.sub("\N{REPLACEMENT CHARACTER}", json.dumps(value, ensure_ascii=False))
    )

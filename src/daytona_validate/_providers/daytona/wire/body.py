"""Reading the body of an answer: bounded as it comes over the wire, and never decompressed.

httpx undoes whatever coding an answer names, and bounds nothing: three layers of gzip make
gigabytes of one kilobyte. We ask for no coding, so that one that comes all the same is refused.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol, TypeVar

import httpx

from daytona_validate._core.limits import MIB
from daytona_validate._core.printable import one_line
from daytona_validate._providers.daytona.wire.failures import Call, malformed
from daytona_validate._providers.daytona.wire.message_bodies import AnswerBody

Value_co = TypeVar("Value_co", covariant=True)

ANSWER_BYTES = MIB
"""Of an answer that is read whole; a request that expects more says so."""
ERROR_BYTES = 64 * 1024
"""Of an answer that says failure. It is a short JSON object; what comes after is not read."""


class Read(Protocol[Value_co]):
    """Reader of an answer that is a success; most_bytes is how much it may have."""

    async def __call__(self, call: Call, response: httpx.Response, most_bytes: int) -> Value_co:
        """Read it."""
        ...


def _coding(response: httpx.Response) -> str | None:
    """Return the coding of an answer's body; None: there is none to undo."""
    names = response.headers.get("content-encoding", "").lower().replace(" ", "").split(",")
    return ", ".join(name for name in names if name not in ("", "identity")) or None


def refuse_coded(call: Call, response: httpx.Response) -> None:
    """Raise a `ServiceFailure` for an answer whose body would have to be decompressed."""
    coding = _coding(response)
    if coding is not None:
        raise malformed(
            call,
            f"it is compressed ({coding}) though Accept-Encoding: identity was sent; "
            "turn compression off in any proxy on the way",
        )


async def whole(call: Call, response: httpx.Response, most_bytes: int) -> bytes:
    """Return the body of an answer, as it comes over the wire; it must have no coding."""
    refuse_coded(call, response)
    body = await start(response, most_bytes + 1)
    if len(body) > most_bytes:
        raise malformed(call, f"it is longer than {size_text(most_bytes)}")
    return body


async def unused(call: Call, response: httpx.Response, most_bytes: int) -> None:  # noqa: ARG001
    """Read a body that nobody needs, so that its connection can be used again."""
    await start(response, ERROR_BYTES)


async def words(response: httpx.Response) -> bytes:
    """Return what an answer other than a success says."""
    coding = _coding(response)
    if coding is not None:
        return f"words compressed as {one_line(coding, 20)}, which nobody asked for".encode()
    return await start(response, ERROR_BYTES)


async def start(response: httpx.Response, most_bytes: int) -> bytes:
    """Return no more than the first bytes of a body; the rest is not waited for."""
    body = bytearray()
    async for part in _parts(response):
        body += part[: most_bytes - len(body)]
        if len(body) == most_bytes:
            break
    return bytes(body)


def _parts(response: httpx.Response) -> AsyncIterator[bytes]:
    """Return the parts of a body as they come, undecoded wherever it matters."""
    if isinstance(response.stream, AnswerBody):
        return aiter(response.stream)
    # `aiter_raw` does not know bodies that a client has read.
    return response.aiter_bytes() if _coding(response) is None else response.aiter_raw()


def size_text(size_bytes: int) -> str:
    """Return a size for people."""
    return f"{size_bytes / MIB:.3g} MiB"

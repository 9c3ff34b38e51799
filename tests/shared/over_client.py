"""Our HTTP client behind httpx's transport interface, for tests that speak httpx."""

from __future__ import annotations

import httpx

from daytona_validate._providers.daytona.wire.exchange import Message
from daytona_validate._providers.daytona.wire.transport import HttpClient

MOST_BYTES = 1024**2
LONG_S = 30.0


class OverClient(httpx.AsyncBaseTransport):
    """Transport of httpx's: each request is an exchange of a client of ours."""

    def __init__(self, client: HttpClient) -> None:
        self.client = client

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        times = request.extensions.get("timeout", {})
        answer = await self.client.answer(
            Message(
                method=request.method,
                origin=f"{request.url.scheme}://{request.url.netloc.decode()}",
                target=request.url.raw_path.decode(),
                content=await request.aread() or None,
                most_bytes=MOST_BYTES,
                read_s=times.get("read") or LONG_S,
                connect_s=times.get("connect") or LONG_S,
                pool_s=times.get("pool") or LONG_S,
                write_s=times.get("write") or LONG_S,
            )
        )
        return httpx.Response(answer.status, headers=answer.headers, content=answer.body)

    async def aclose(self) -> None:
        await self.client.aclose()

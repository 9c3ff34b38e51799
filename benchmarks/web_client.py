"""Client of a web service on one connection: httpx's pool would be the bottleneck of a load."""

from __future__ import annotations

import asyncio


class Connection:
    """Client of the service, on one connection that is kept."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, path: str, body: bytes | None = None) -> asyncio.StreamReader:
        """Send a request; return what its answer is read from."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(*self._address)
        reader, writer = self._streams
        method = "GET" if body is None else "POST"
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: service\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body or b'')}\r\n\r\n"
        )
        writer.write(head.encode() + (body or b""))
        await writer.drain()
        return reader

    async def ask(self, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        """Return the status and the body of an answer."""
        reader = await self.send(path, body)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        status = int(head.split(maxsplit=2)[1])
        found = await reader.readexactly(length)
        if b"connection: close" in head:
            self.leave()
        return status, found

    def leave(self) -> None:
        """Close the connection."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

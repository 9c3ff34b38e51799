"""What holds for every request: a bound on its body, and headers of its answer."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BoundedBody:
    """Middleware: a body that is larger is refused with 413 as soon as so much has come."""

    def __init__(self, app: ASGIApp, *, most_bytes: int) -> None:
        self._app = app
        self._most_bytes = most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on what comes, and count it."""
        come_bytes = 0

        async def counted() -> Message:
            nonlocal come_bytes
            message = await receive()
            come_bytes += len(message.get("body", b""))
            if come_bytes > self._most_bytes:
                raise HTTPException(413, f"The body has more than {self._most_bytes} bytes.")
            return message

        await self._app(scope, counted if scope["type"] == "http" else receive, send)


class WithHeaders:
    """Middleware: adds headers to every answer, but for paths that begin in some way."""

    def __init__(
        self, app: ASGIApp, *, headers: Mapping[str, str], not_at: tuple[str, ...] = ()
    ) -> None:
        self._app = app
        self._headers = headers
        self._not_at = not_at

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on what is sent, and add to its head."""

        async def added(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        is_added = scope["type"] == "http" and not scope["path"].startswith(self._not_at)
        await self._app(scope, receive, added if is_added else send)

"""The connections that are open: counted, and cut where a fault asks for it."""

from __future__ import annotations

import asyncio
import logging

from starlette.types import ASGIApp
from uvicorn import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from daytona_validate._emulator.condition import Condition

Peer = tuple[str, int]

KEEP_ALIVE_S = 70
"""As long as the platform's proxy keeps an idle connection."""
BACKLOG = 4096

_logger = logging.getLogger("daytona_validate.emulator.http")


class Connections:
    """Connection registry: all open connections, by the address of the client."""

    def __init__(self, condition: Condition) -> None:
        self._open: dict[Peer, asyncio.Transport] = {}
        self._condition = condition

    def __len__(self) -> int:
        """Return how many are open."""
        return len(self._open)

    def opened(self, peer: Peer, transport: asyncio.Transport) -> None:
        """Add a connection."""
        self._open[peer] = transport
        self._condition.notify_all()

    def closed(self, peer: Peer) -> None:
        """Remove a connection."""
        self._open.pop(peer, None)
        self._condition.notify_all()

    async def cut(self, peer: Peer) -> None:
        """Abort a connection: what was not sent yet never will be."""
        transport = self._open.get(peer)
        if transport is not None:
            transport.abort()
            await self._condition.wait_for(lambda: peer not in self._open)

    def cut_all(self) -> None:
        """Abort all connections."""
        for transport in tuple(self._open.values()):
            transport.abort()


async def listen(
    app: ASGIApp, connections: Connections, *, host: str, port: int
) -> tuple[asyncio.Server, ServerState]:
    """Serve an application, and return the server and what is known of its requests.

    uvicorn's own `Server` is left out: it takes the process's signals, and looks ten times a
    second whether it should end.

    Raises:
        OSError: The port is taken, or the address is not this host's.
    """
    config = Config(
        app,
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
        proxy_headers=False,  # nobody stands before it, and a peer is who it is
        timeout_keep_alive=KEEP_ALIVE_S,
    )
    config.load()
    state = ServerState()

    class Counted(H11Protocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
            self.logger = _logger
            super().connection_made(transport)
            connections.opened(_peer(transport), transport)

        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            connections.closed(_peer(self.transport))

    def protocol() -> H11Protocol:
        return Counted(config=config, server_state=state, app_state={})

    loop = asyncio.get_running_loop()
    return await loop.create_server(protocol, host, port, backlog=BACKLOG), state


def _peer(transport: asyncio.BaseTransport) -> Peer:
    host, port, *_ = transport.get_extra_info("peername")
    return host, port


def _is_news(record: logging.LogRecord) -> bool:
    # The official SDK asks for a websocket at every turn, and goes on without one.
    return "upgrade" not in record.getMessage() and "WebSocket" not in record.getMessage()


_logger.addFilter(_is_news)

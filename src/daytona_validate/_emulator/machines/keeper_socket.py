"""The connection to a machine's keeper: a socket in its jail, to which it connects once, first.

Once it has, the socket's name is gone: no program of the machine finds a way to us.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from daytona_validate._emulator.machines.keeper import Keeper
from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.folder_socket import NAME, close_in, listening_in
from daytona_validate._jails.jail import Bind
from daytona_validate._models import Step
from daytona_validate._reason import Reason
from daytona_validate._runtime.cleanup import finish
from daytona_validate._runtime.tasks import ended

STARTING_S = 60.0
"""For the keeper to be there, on a busy host."""
ENDING_S = 60.0

_INSIDE = "/run/keeper"
INSIDE = f"{_INSIDE}/{NAME}"
"""Where the keeper finds it."""


def door_bind(folder: Path) -> Bind:
    """Return how a jail sees the folder of its door."""
    return Bind(str(folder), _INSIDE)


@contextmanager
def opened(folder: Path) -> Iterator[socket.socket]:
    """Hold a socket in a folder that listens there, under its name.

    Raises:
        SandboxUnavailable: The system would not make a socket.
    """
    try:
        listener = listening_in(folder, backlog=1)  # the folder around it is closed to others
    except OSError as error:
        raise SandboxUnavailable(
            f"The socket of an emulated machine could not be made: {error}.",
            reason=Reason.HOST_FAILED,
        ) from error
    try:
        yield listener
    finally:
        close_in(listener, folder)


async def entered(
    listener: socket.socket,
    jail: asyncio.Future[Step | None],
    *,
    starting_s: float = STARTING_S,
    keeper: Callable[..., Keeper] = Keeper,
) -> Keeper:
    """Return the keeper of a jail that is being started, once it has connected.

    Args:
        listener: Where it connects to.
        jail: Its jail's end.
        starting_s: For it to be there.
        keeper: Makes it of the jail and the connection.

    Raises:
        SandboxLost, SandboxUnavailable: The jail failed, or the keeper did not connect in time.
    """
    accepting = asyncio.ensure_future(asyncio.get_running_loop().sock_accept(listener))
    try:
        both: set[asyncio.Future[Any]] = {accepting, jail}
        await asyncio.wait(both, timeout=starting_s, return_when=asyncio.FIRST_COMPLETED)
        connection = _connection(accepting, jail, starting_s)
        reader, writer = await asyncio.open_unix_connection(sock=connection)
        return keeper(jail, reader, writer)
    except BaseException:
        jail.cancel()
        accepting.cancel()
        await finish(ended(jail, accepting), grace_s=ENDING_S)
        if not accepting.cancelled() and accepting.exception() is None:
            accepting.result()[0].close()
        raise


def _connection(
    accepting: asyncio.Future[tuple[socket.socket, object]],
    jail: asyncio.Future[Step | None],
    waited_s: float,
) -> socket.socket:
    """Return the connection of the keeper, or raise why there is none."""
    if accepting.done():
        return accepting.result()[0]
    step = jail.result() if jail.done() else None
    said = b"" if step is None else step.stderr
    why = said.decode("utf-8", "replace").strip() or f"nothing was heard for {waited_s:g} s"
    raise SandboxUnavailable(
        f"The keeper of an emulated machine did not start: {why}.", reason=Reason.HOST_FAILED
    )

"""Sockets in folders that jails have: what is in a jail reaches us by one, and by nothing else."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from pathlib import Path

NAME = "socket"
"""In its folder."""


def listening_in(folder: Path, *, backlog: int) -> socket.socket:
    """Return a socket that listens in a folder, to which the ids of all jails may connect.

    Args:
        folder: Of ours. Who may connect is for the caller to say, by the folder or by their id.
        backlog: Connections that may wait to be taken.

    Raises:
        OSError: It could not be made; nothing of it is left.
    """
    listener = socket.socket(socket.AF_UNIX)
    try:
        # By a descriptor: an address holds 107 bytes, and a path may be longer.
        place = os.open(folder, os.O_PATH | os.O_DIRECTORY)
        try:
            listener.bind(f"/proc/self/fd/{place}/{NAME}")
        finally:
            os.close(place)
        (folder / NAME).chmod(0o666)
        listener.listen(backlog)
        listener.setblocking(False)
    except BaseException:
        close_in(listener, folder)
        raise
    return listener


def close_in(listener: socket.socket, folder: Path) -> None:
    """Close it, and take its name from the folder."""
    listener.close()
    with suppress(OSError):  # who removes the folder around it says what is wrong
        (folder / NAME).unlink()

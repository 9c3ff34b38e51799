"""Run a command whose proxy is the door of an installer's jail, and exit as it does.

This file is run as a program in a jail that has a loopback and no other network, and imports
nothing of this package. Installers know proxies by address, so that a port of the loopback is
carried to the socket of the door.

Its arguments: the path of the socket, and the command.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading

CHUNK_BYTES = 65_536
VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")


def carry(source: socket.socket, target: socket.socket) -> None:
    """Take what comes from one side to the other, its end included."""
    try:
        while chunk := source.recv(CHUNK_BYTES):
            target.sendall(chunk)
        target.shutdown(socket.SHUT_WR)
    except OSError:  # one side is gone, and the other is told
        for each in (source, target):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


def carry_both(near: socket.socket, path: str) -> None:
    """Carry one connection to the door and back."""
    with near, socket.socket(socket.AF_UNIX) as far:
        far.connect(path)
        back = threading.Thread(target=carry, args=(far, near), daemon=True)
        back.start()
        carry(near, far)
        back.join()


def serve(listener: socket.socket, path: str) -> None:
    """Carry all connections."""
    while True:
        near, _ = listener.accept()
        threading.Thread(target=carry_both, args=(near, path), daemon=True).start()


def main(path: str, argv: list[str]) -> int:
    """Run the command; return its exit code."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    threading.Thread(target=serve, args=(listener, path), daemon=True).start()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    environment = os.environ | dict.fromkeys(VARIABLES, address)
    code = subprocess.call(argv, stdin=subprocess.DEVNULL, env=environment)
    return 128 - code if code < 0 else code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))

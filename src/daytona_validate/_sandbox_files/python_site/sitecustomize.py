"""Has Python write whole lines at once, as it does at a terminal, so that a kill loses none.

`python -u` would do so too, but what it writes it writes without a buffer: of a write that a
signal interrupts, the rest is then lost (3.11 to 3.14).

With UNTIL_LISTENING, a server that has listened on a port for half a second and still does is ended
as one that passed: it has shown what it can without a client.
"""

import os
import sys

SERVES_S = 0.5

if hasattr(sys.stdout, "reconfigure"):  # not if it is closed
    sys.stdout.reconfigure(line_buffering=True)


def end_once_listening(seal: str) -> None:
    """Have each server that begins to listen be looked at a little later."""
    import socket  # noqa: PLC0415 - few programs need it
    import threading  # noqa: PLC0415 - as above

    listen = socket.socket.listen

    def end(server: socket.socket) -> None:
        try:
            port = server.getsockname()[1] if server.fileno() >= 0 else 0
        except OSError:
            return  # it was closed just now
        if port:
            for stream in (sys.stdout, sys.stderr):
                if hasattr(stream, "flush"):  # not if it was closed at the start
                    stream.flush()
            os.write(2, f"listening {seal} {port}\n".encode())
            os._exit(0)

    def listening(self: socket.socket, *backlog: int) -> None:
        listen(self, *backlog)
        if self.family in (socket.AF_INET, socket.AF_INET6):
            waits = threading.Timer(SERVES_S, end, [self])
            waits.daemon = True
            waits.start()

    socket.socket.listen = listening  # type: ignore[assignment,method-assign]  # its aim


if os.environ.get("UNTIL_LISTENING"):
    end_once_listening(os.environ["UNTIL_LISTENING"])
del end_once_listening

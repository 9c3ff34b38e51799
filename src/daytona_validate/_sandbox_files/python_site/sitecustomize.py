"""Has Python write whole lines at once, as it does at a terminal, so that a kill loses none.

`python -u` would do so too, but what it writes it writes without a buffer: of a write that a
signal interrupts, the rest is then lost (3.11 to 3.14).

Packages are put behind the standard library: with PYTHONPATH they would come first, and one of them
could take the place of `enum` for every program. What an image has of its own comes last. Their
`.pth` files are not read, so that nothing of a package runs before it is imported.

Where a zygote's folder is to be seen, this interpreter becomes one (python_zygote/zygote.py), and
what comes after that is done in each of its forks.

With UNTIL_LISTENING, a server that has listened on a port for half a second is told of, and ended
as one that passed once nothing in it can go on before a client comes: it has shown what it can.
As long as a thread does anything else, sleeps, or waits for a time, it goes on.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # whoever checks takes it for true; these modules would take time
if TYPE_CHECKING:
    import socket
    import weakref
    from collections.abc import Callable
    from types import FrameType
    from typing import Any

ZYGOTE = "/opt/python-zygote"
PACKAGES = "/opt/packages"
OF_THE_IMAGE = ("/site-packages", "/dist-packages")
LOOK_S = 0.5
SERVING = {
    ("socketserver", "serve_forever"),
    ("aiohttp.web", "run_app"),
    ("uvicorn.server", "run"),
}
"""Functions that wait for clients with timers of their own, by module."""
IDLE = {
    ("concurrent.futures.thread", "_worker"),
    *(("threading", name) for name in ("wait", "join", "_wait_for_tstate_lock", "_shutdown")),
}
"""Functions that wait for another thread, if they have no timeout."""
FOREVER = (None, -1)

if os.path.exists(f"{ZYGOTE}/zygote.py"):  # returns in forks alone, where it is not to be seen
    with open(f"{ZYGOTE}/zygote.py", encoding="utf-8") as _file:
        _zygote: dict[str, Any] = {"__name__": "zygote"}
        exec(compile(_file.read(), "zygote.py", "exec", dont_inherit=True), _zygote)  # noqa: S102 - ours
    _zygote["serve"](ZYGOTE)
    del _file, _zygote

if hasattr(sys.stdout, "reconfigure"):  # not if it is closed
    sys.stdout.reconfigure(line_buffering=True)


class Servers:
    """Watch on the servers of a program, by a thread that looks after them."""

    def __init__(self, seal: str, listen: Callable[..., None]) -> None:
        self.seal = seal
        self.listen = listen
        self.pid = os.getpid()
        self.all: list[weakref.ref[socket.socket]] = []

    def add(self, server: socket.socket, *backlog: int) -> None:
        """Take the place of a socket's `listen`."""
        self.listen(server, *backlog)
        family = getattr(server.family, "name", "")
        if family in ("AF_INET", "AF_INET6") and os.getpid() == self.pid:
            import threading
            import weakref

            self.all.append(weakref.ref(server))
            if len(self.all) == 1:
                threading.Thread(target=self.look, daemon=True).start()

    def port(self) -> int:
        """Return the port of the first that listens, or 0."""
        for each in self.all:
            server = each()
            try:
                if server is not None and server.fileno() >= 0:
                    return int(server.getsockname()[1])
            except OSError:  # it was closed just now
                continue
        return 0

    def look(self) -> None:
        """Tell of changes, and end the program once it waits."""
        import threading

        told = 0
        while True:
            threading.Event().wait(LOOK_S)
            port = self.port()
            if port != told:
                os.write(2, f"listening {self.seal} {port}\n".encode())
                told = port
            if port and is_waiting(threading.get_ident()):
                for stream in (sys.stdout, sys.stderr):
                    if hasattr(stream, "flush"):  # not if it was closed at the start
                        stream.flush()
                os._exit(0)


def end_once_listening(seal: str) -> None:
    """Have servers that begin to listen be looked at a little later, and again."""
    import socket

    servers = Servers(seal, socket.socket.listen)

    def listen(self: socket.socket, *backlog: int) -> None:
        servers.add(self, *backlog)

    socket.socket.listen = listen  # type: ignore[assignment,method-assign]  # its aim


def has_children() -> bool:
    """Whether there are child processes: one may be a client."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def is_waiting(looking: int) -> bool:
    """Whether nothing but a client can have the program go on.

    Args:
        looking: The thread that asks.
    """
    import signal

    if has_children() or signal.getitimer(signal.ITIMER_REAL)[0]:
        return False
    frames = [frame for thread, frame in sys._current_frames().items() if thread != looking]
    busy = [frame for frame in frames if not is_serving(frame)]
    return len(busy) < len(frames) and all(is_idle(frame) for frame in busy)


def place(frame: FrameType) -> tuple[object, str]:
    """Return the module and the function of a frame."""
    return frame.f_globals.get("__name__"), frame.f_code.co_name


def is_idle(frame: FrameType) -> bool:
    """Whether a thread waits for another, and for no time."""
    return place(frame) in IDLE and frame.f_locals.get("timeout") in FOREVER


def is_serving(frame: FrameType) -> bool:
    """Whether a thread waits for clients, and for no time."""
    module, function = place(frame)
    if (module, function) == ("socket", "accept"):
        return frame.f_locals["self"].gettimeout() is None
    if (module, function) == ("selectors", "select") and frame.f_locals["timeout"] in FOREVER:
        return True
    outer: FrameType | None = frame
    while outer is not None and place(outer) not in SERVING:
        outer = outer.f_back
    return outer is not None


def add_packages() -> None:
    """Have modules looked for among the packages, if there are any."""
    if os.path.isdir(PACKAGES):
        others = (each for each in sys.path if each.endswith(OF_THE_IMAGE))
        first = next(others, None)
        sys.path.insert(len(sys.path) if first is None else sys.path.index(first), PACKAGES)
        # Who calls this would next run a package's `usercustomize`, unless Python was given -s.
        sys.modules["site"].ENABLE_USER_SITE = False  # type: ignore[attr-defined]


add_packages()
del add_packages
if os.environ.get("UNTIL_LISTENING"):
    end_once_listening(os.environ["UNTIL_LISTENING"])
del end_once_listening

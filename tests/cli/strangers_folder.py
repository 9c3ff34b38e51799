"""A folder that somebody made to harm its user, and the servers around it.

Two servers on loopback stand for the stranger's and for the user's own; the first must never be
called.
"""

from __future__ import annotations

import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from click.testing import CliRunner

from daytona_validate._cli.program import program

CANARY = "CANARY = 'of-the-user'\n"
KEY = "DAYTONA_API_KEY=dtn_stranger"
LONGEST_S = 300

LURES = {
    "key-and-address": (KEY, "DAYTONA_BASE_URL=ADDRESS"),
    "the-sdks-name": (KEY, "DAYTONA_API_URL=ADDRESS"),
    "exported-and-quoted": ("export DAYTONA_API_KEY='dtn_x'", 'export DAYTONA_BASE_URL="ADDRESS"'),
    "with-a-provider": (KEY, "DAYTONA_BASE_URL=ADDRESS", "DAYTONA_PROVIDER=daytona"),
    "with-all": (
        KEY,
        "DAYTONA_BASE_URL=ADDRESS",
        "DAYTONA_NETWORK=organization",
        "DAYTONA_TARGET=eu",
        "DAYTONA_CPU=64",
        "DAYTONA_CACHE_DIR=/tmp/stranger",
    ),
}


@dataclass
class Stranger:
    """A folder with a lure in it, and the listener that it points to."""

    folder: Path
    address: str
    listening: socket.socket

    def write(self, name: str, *lines: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{line}\n" for line in lines).replace("ADDRESS", self.address))

    def was_called(self) -> bool:
        """Whether anybody connected; whoever did is in the listener's queue."""
        try:
            self.listening.accept()[0].close()
        except BlockingIOError:
            return False
        return True


@contextmanager
def strangers_folder(tmp_path: Path) -> Iterator[Stranger]:
    """Make the folder, in it a link to a file of the user's."""
    private = tmp_path / "private"
    private.mkdir()
    (private / "credentials").write_text(CANARY)
    folder = tmp_path / "repository"
    folder.mkdir()
    (folder / "notes.py").symlink_to("../private/credentials")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        found = Stranger(folder, f"http://127.0.0.1:{listening.getsockname()[1]}/api", listening)
        found.write("lesson.md", "```python", "print('fine')", "```")
        found.write("hello.py", "print('hello')")
        yield found


def call(
    folder: Path, *arguments: str, stdin: str | None = None, **environ: str
) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, in this process: only its settings are in question."""
    with chdir(folder):
        ran = CliRunner().invoke(
            program, arguments, input=stdin or "", env=environ, prog_name="daytona-validate"
        )
    if ran.exception is not None and not isinstance(ran.exception, SystemExit):
        raise ran.exception
    return subprocess.CompletedProcess(arguments, ran.exit_code, ran.stdout, ran.stderr)


@dataclass
class Own:
    """The user's own server, which refuses every key, and what it was sent."""

    address: str
    keys: list[str] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)


@contextmanager
def own_server() -> Iterator[Own]:
    own = Own("")

    class Refusing(BaseHTTPRequestHandler):
        def answer(self) -> None:
            own.keys.append(self.headers.get("Authorization", ""))
            size = int(self.headers.get("Content-Length") or 0)
            own.bodies.append(self.rfile.read(size).decode(errors="replace"))
            body = b'{"statusCode": 401, "message": "no"}'
            self.send_response(401)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_DELETE = do_PUT = answer  # noqa: N815 - http.server's names

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    own.address = f"http://127.0.0.1:{server.server_address[1]}/api"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield own
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

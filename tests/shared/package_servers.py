"""Indexes of packages on a loopback port, and services there that no installer may reach."""

from __future__ import annotations

import hashlib
import io
import json
import socket
import tarfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


@dataclass
class PackageServer:
    """Server of fixed pages, which notes what it was asked for."""

    port: int
    pages: dict[str, bytes] = field(default_factory=dict[str, bytes])
    redirects: dict[str, str] = field(default_factory=dict[str, str])
    asked: list[str] = field(default_factory=list[str])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def add_wheel(self, wheel: Path, *, link: str = "") -> None:
        """Have a wheel as PyPI does; the link on its page may lead elsewhere."""
        name = wheel.name.split("-")[0].replace("_", "-")
        self.pages[f"/files/{wheel.name}"] = wheel.read_bytes()
        link = link or f"/files/{wheel.name}"
        self.pages[f"/simple/{name}/"] = f'<a href="{link}">{wheel.name}</a>'.encode()

    def add_npm(self, name: str, version: str = "1.0.0", **description: Any) -> None:
        """Have a package as npm's registry does."""
        about = {"name": name, "version": version, "main": "index.js", **description}
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w:gz") as packed:
            script = f"module.exports = {json.dumps(name)}\n"
            for path, text in (("package.json", json.dumps(about)), ("index.js", script)):
                member = tarfile.TarInfo(f"package/{path}")
                member.size = len(text)
                packed.addfile(member, io.BytesIO(text.encode()))
        content = archive.getvalue()
        path = f"/{name}/-/{name}-{version}.tgz"
        dist = {"tarball": self.url + path, "shasum": hashlib.sha1(content).hexdigest()}
        document = {
            "name": name,
            "dist-tags": {"latest": version},
            "versions": {version: {**about, "dist": dist}},
        }
        self.pages[f"/{name}"] = json.dumps(document).encode()
        self.pages[path] = content


@contextmanager
def package_server(pages: Mapping[str, bytes] | None = None) -> Iterator[PackageServer]:
    """Hold a server on a free port of the loopback."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            served.asked.append(path)
            content = served.pages.get(path)
            if path in served.redirects:
                self.send_response(302)
                self.send_header("Location", served.redirects[path])
            else:
                self.send_response(404 if content is None else 200)
            kind = "text/html" if path.startswith("/simple/") else "application/json"
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served = PackageServer(server.server_port, dict(pages or {}))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def closed_port() -> int:
    """Return a port of the loopback on which nothing listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])

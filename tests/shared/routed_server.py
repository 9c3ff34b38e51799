"""A real HTTP server on loopback that answers as the routes of a respx router say."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import respx


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    router: respx.MockRouter

    def handle_any(self) -> None:
        """Answer one request."""
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        url = f"http://{self.headers['Host']}{self.path}"
        request = httpx.Request(
            self.command, url, headers=dict(self.headers.items()), content=content
        )
        response = self.router.handler(request)
        body = response.read()
        self.send_response(response.status_code)
        for name, value in ({**response.headers, "content-length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_DELETE = do_CONNECT = handle_any  # noqa: N815 - their names are given

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def routed_server(path: str = "") -> Iterator[tuple[str, respx.MockRouter]]:
    """Hold a server; the value is its address, and its routes.

    Args:
        path: Where the routes begin.
    """

    class Handler(_Handler):
        pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        base_url = f"http://127.0.0.1:{server.server_port}{path}"
        Handler.router = respx.MockRouter(base_url=base_url, assert_all_called=False)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield base_url, Handler.router
        finally:
            server.shutdown()
            thread.join()

"""The proxy of the caller's environment on the way from an installer's jail to its index."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from daytona_validate._toolchains.package_index.package_index import package_index
from opened_door import door_answer, opened_door

METADATA = "169.254.169.254"


@contextmanager
def _proxy(status: str = "200 OK") -> Iterator[tuple[int, list[str]]]:
    """Hold a proxy of a company: it notes the heads that come, and carries nothing on."""
    heads: list[str] = []

    def serve() -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                with client:
                    heads.append(client.recv(65_536).decode())
                    client.sendall(f"HTTP/1.1 {status}\r\n\r\nfrom beyond".encode())

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1], heads
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


async def test_the_callers_proxy_is_on_the_way_and_its_password_stays_here(tmp_path: Path) -> None:
    with _proxy() as (port, heads):
        environment = {"HTTPS_PROXY": f"http://ada:pass%20word@127.0.0.1:{port}"}
        async with opened_door(tmp_path, package_index("pip", {}), environment) as door:
            said = await door_answer(door, "CONNECT pypi.org:443 HTTP/1.1")
            refused = await door_answer(door, f"CONNECT {METADATA}:443 HTTP/1.1")
    assert said == "HTTP/1.1 200 Connection established\r\n\r\nfrom beyond"
    (head,) = heads
    assert head.split("\r\n") == [
        "CONNECT pypi.org:443 HTTP/1.1",
        "Host: pypi.org:443",
        "Proxy-Authorization: Basic YWRhOnBhc3Mgd29yZA==",
        *("", ""),
    ]
    assert refused.startswith("HTTP/1.1 403 ")
    assert "YWRh" not in repr(door)


async def test_a_plain_request_goes_to_the_callers_proxy_with_its_host(tmp_path: Path) -> None:
    index = package_index("pip", {"PIP_INDEX_URL": "http://index.example/simple"})
    with _proxy() as (port, heads):
        async with opened_door(tmp_path, index, {"http_proxy": f"127.0.0.1:{port}"}) as door:
            asked = "GET http://index.example/simple/?a=b HTTP/1.1\nHost: x\nAccept: */*"
            said = await door_answer(door, f"{asked}\nProxy-Connection: keep-alive")
    assert said.endswith("from beyond")
    (head,) = heads
    assert head.split("\r\n") == [
        "GET http://index.example:80/simple/?a=b HTTP/1.1",
        "Host: index.example",
        *("Accept: */*", "Connection: close", "", ""),
    ]


@pytest.mark.parametrize(
    ("proxy", "told"),
    [
        ("http://127.0.0.1:{port}", "the proxy of the environment answers 'HTTP/1.1 407 Who'"),
        ("socks5://u:secret@127.0.0.1:{port}", "the proxy for https is no address of http"),
        ("http://:x", "the proxy for https"),
    ],
)
async def test_a_proxy_that_does_not_serve_is_told(tmp_path: Path, proxy: str, told: str) -> None:
    with _proxy("407 Who") as (port, _):
        environment = {"https_proxy": proxy.format(port=port)}
        async with opened_door(tmp_path, package_index("npm", {}), environment) as door:
            said = await door_answer(door, "CONNECT registry.npmjs.org:443 HTTP/1.1")
    assert said.startswith("HTTP/1.1 502 ")
    assert told in said
    assert "secret" not in said

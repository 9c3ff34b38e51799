from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from daytona_validate._errors import ConfigurationError
from daytona_validate._providers.daytona.wire.connection import proxy_for
from daytona_validate._providers.daytona.wire.transport import http_client

POOLS = pytest.mark.parametrize("pool", ["leased", "httpx"])


@dataclass
class Proxy:
    """Leads every name to one server on loopback, and notes what it was asked."""

    to_port: int
    refuses: bool = False
    port: int = 0
    heads: list[str] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                await self._exchange(reader, writer)
        finally:
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.heads.append(head.decode())
        if self.refuses:
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            return
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.to_port)
        if head.startswith(b"CONNECT"):
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            far_writer.write(head)
        try:
            await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))
        finally:
            far_writer.close()


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
    writer.close()


async def settled(is_so: Callable[[], bool]) -> None:
    """Return when only the servers' own sockets are left; both ends of a connection are ours."""
    async with asyncio.timeout(5):
        while not is_so():
            await asyncio.sleep(0)


@pytest.fixture
async def proxy_to() -> AsyncIterator[Callable[..., Any]]:
    async with AsyncExitStack() as stack:

        async def start(port: int, *, tls: ssl.SSLContext | None = None, **kind: Any) -> Proxy:
            proxy = Proxy(port, **kind)
            server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0, ssl=tls)
            stack.callback(server.close)
            proxy.port = server.sockets[0].getsockname()[1]
            return proxy

        yield start


async def test_a_certificate_of_an_authority_from_the_environment_is_trusted(
    serve: Any, tls: ssl.SSLContext, trusted: None
) -> None:
    server = await serve(tls=tls)
    async with http_client() as client:
        for _ in range(3):
            assert (await client.get(f"https://127.0.0.1:{server.port}/")).is_success
    assert server.accepted == 1


async def test_a_certificate_that_nobody_vouches_for_is_refused(
    serve: Any, tls: ssl.SSLContext, sockets: Callable[[], int]
) -> None:
    server = await serve(tls=tls)
    async with http_client() as client:
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            await client.get(f"https://127.0.0.1:{server.port}/")
    assert server.asked == []
    await settled(lambda: sockets() == 1)


async def test_a_certificate_of_another_name_is_refused(
    serve: Any, tls: ssl.SSLContext, trusted: None
) -> None:
    server = await serve(tls=tls)
    async with http_client() as client:
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            await client.get(f"https://localhost:{server.port}/")
    assert server.asked == []


@POOLS
async def test_https_goes_through_a_tunnel_of_the_proxy(  # noqa: PLR0917 - fixtures
    serve: Any,
    proxy_to: Any,
    tls: ssl.SSLContext,
    trusted: None,
    monkeypatch: pytest.MonkeyPatch,
    pool: Any,
) -> None:
    server = await serve(tls=tls)
    proxy = await proxy_to(server.port)
    monkeypatch.setenv("HTTPS_PROXY", f"http://me:secret@127.0.0.1:{proxy.port}")
    async with http_client(pool=pool) as client:
        for _ in range(3):
            answer = await client.post("https://daytona.test/api", headers={"X-Key": "dtn_key"})
            assert answer.is_success
    assert [head.splitlines()[0] for head in proxy.heads] == ["CONNECT daytona.test:443 HTTP/1.1"]
    assert "Proxy-Authorization: Basic" in proxy.heads[0]
    assert "dtn_key" not in proxy.heads[0]
    assert "proxy-authorization" not in server.asked[0].head.lower()
    assert server.asked[0].line == "POST /api HTTP/1.1"


@POOLS
@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
async def test_http_is_forwarded_by_the_proxy(
    serve: Any, proxy_to: Any, monkeypatch: pytest.MonkeyPatch, variable: str, pool: Any
) -> None:
    server = await serve()
    proxy = await proxy_to(server.port)
    monkeypatch.setenv(variable, f"127.0.0.1:{proxy.port}")
    async with http_client(pool=pool) as client:
        assert (await client.get("http://daytona.test/api?a=b")).is_success
    assert proxy.heads[0].splitlines()[0] == "GET http://daytona.test/api?a=b HTTP/1.1"


async def test_a_proxy_may_be_reached_over_tls(
    serve: Any,
    proxy_to: Any,
    tls: ssl.SSLContext,
    trusted: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = await serve(tls=tls)
    proxy = await proxy_to(server.port, tls=tls)
    monkeypatch.setenv("HTTPS_PROXY", f"https://127.0.0.1:{proxy.port}")
    async with http_client() as client:
        assert (await client.get("https://daytona.test/api")).is_success
    assert len(proxy.heads) == 1


async def test_a_proxy_that_refuses_is_named_and_nothing_is_sent(
    serve: Any,
    proxy_to: Any,
    monkeypatch: pytest.MonkeyPatch,
    sockets: Callable[[], int],
) -> None:
    server = await serve()
    proxy = await proxy_to(server.port, refuses=True)
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
    async with http_client() as client:
        with pytest.raises(httpx.ProxyError, match="407"):
            await client.get("https://daytona.test/api")
    assert server.asked == []
    await settled(lambda: sockets() == 2)


@POOLS
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_loopback_is_never_reached_through_a_proxy(
    serve: Any, proxy_to: Any, monkeypatch: pytest.MonkeyPatch, pool: Any, host: str
) -> None:
    server = await serve()
    proxy = await proxy_to(server.port)
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
    async with http_client(pool=pool) as client:
        assert (await client.get(f"http://{host}:{server.port}/")).is_success
    assert proxy.heads == []


CASES: dict[str, tuple[dict[str, str], str | None]] = {
    "none": ({}, None),
    "of the scheme": ({"https": "http://p:1", "http": "http://q:2"}, "http://p:1"),
    "of another scheme": ({"http": "http://q:2"}, None),
    "of all": ({"all": "http://q:2"}, "http://q:2"),
    "empty": ({"https": ""}, None),
    "without a scheme": ({"https": "p:1"}, "http://p:1"),
    "an exception": ({"https": "http://p:1", "no": "daytona.io"}, None),
    "an exception with a dot": ({"https": "http://p:1", "no": ".daytona.io"}, None),
    "an exception with a port": ({"https": "http://p:1", "no": "app.daytona.io:443"}, None),
    "an exception for all": ({"https": "http://p:1", "no": "*"}, None),
    "another exception": ({"https": "http://p:1", "no": "notdaytona.io"}, "http://p:1"),
}


@pytest.mark.parametrize(("proxies", "expected"), CASES.values(), ids=CASES)
def test_which_proxy_the_environment_wants(proxies: dict[str, str], expected: str | None) -> None:
    url = httpx.URL("https://app.daytona.io:443/")
    found = proxy_for(url, proxies, ssl_context=ssl.create_default_context())
    assert (None if found is None else str(found.url)) == expected


@pytest.mark.parametrize("proxy", ["ftp://me:secret@p:1", "http://me:secret@p:port"])
def test_a_proxy_that_makes_no_sense_is_told_without_its_password(proxy: str) -> None:
    with pytest.raises(httpx.ProxyError, match="the proxy for https is no usable") as caught:
        proxy_for(
            httpx.URL("https://a.b/"), {"https": proxy}, ssl_context=ssl.create_default_context()
        )
    assert "secret" not in str(caught.value)


async def test_a_socks_proxy_needs_a_package_and_says_which(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1")
    async with http_client() as client:
        with pytest.raises(httpx.ProxyError, match=r"httpx\[socks\]"):
            await client.get("https://daytona.test/api")


@pytest.mark.parametrize("again", [False, True], ids=["once", "again"])
@pytest.mark.parametrize("answers", [False, True], ids=["proxy is silent", "server is silent"])
async def test_a_request_is_called_off_on_its_way_through_the_proxy(  # noqa: PLR0917 - fixtures
    serve: Any,
    proxy_to: Any,
    monkeypatch: pytest.MonkeyPatch,
    sockets: Callable[[], int],
    answers: bool,
    again: bool,
) -> None:
    async def never(asked: Any) -> bytes:
        await asyncio.Event().wait()
        raise AssertionError

    silent = await serve(never)
    port = (await proxy_to(silent.port)).port if answers else silent.port
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
    before = sockets()
    async with http_client() as client:
        request = asyncio.create_task(client.get("https://daytona.test/api"))
        await silent.connected.get()
        if not answers:
            await silent.at.get()
        request.cancel()
        if again:
            asyncio.get_running_loop().call_soon(request.cancel)
        with pytest.raises(asyncio.CancelledError):
            await request
        await settled(lambda: sockets() == before)


@pytest.mark.parametrize("pool", ["leased", "httpx"])
@pytest.mark.parametrize("content", [None, "no certificate"], ids=["missing", "nonsense"])
def test_certificates_that_cannot_be_read_are_named_by_their_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None, pool: Any
) -> None:
    file = tmp_path / "authority.pem"
    if content is not None:
        file.write_text(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with pytest.raises(ConfigurationError, match="SSL_CERT_FILE and SSL_CERT_DIR accept"):
        http_client(pool=pool)

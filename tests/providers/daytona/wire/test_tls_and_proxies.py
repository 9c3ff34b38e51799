from __future__ import annotations

import base64
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from daytona_validate._errors import ConfigurationError
from daytona_validate._providers.daytona.wire.proxies import proxy_for
from daytona_validate._providers.daytona.wire.transport import http_client
from over_client import OverClient


async def test_a_certificate_of_an_authority_from_the_environment_is_trusted(
    serve: Any, tls: ssl.SSLContext, trusted: None
) -> None:
    server = await serve(tls=tls)
    async with httpx.AsyncClient(transport=OverClient(http_client())) as client:
        for _ in range(3):
            assert (await client.get(f"https://127.0.0.1:{server.port}/")).is_success
    assert server.accepted == 1


async def test_a_certificate_that_nobody_vouches_for_is_refused(
    serve: Any, tls: ssl.SSLContext, sockets: Callable[[], int], settled: Any
) -> None:
    server = await serve(tls=tls)
    async with httpx.AsyncClient(transport=OverClient(http_client())) as client:
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            await client.get(f"https://127.0.0.1:{server.port}/")
    assert server.asked == []
    await settled(lambda: sockets() == 1)


async def test_a_certificate_of_another_name_is_refused(
    serve: Any, tls: ssl.SSLContext, trusted: None
) -> None:
    server = await serve(tls=tls)
    async with httpx.AsyncClient(transport=OverClient(http_client())) as client:
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            await client.get(f"https://localhost:{server.port}/")
    assert server.asked == []


async def test_https_goes_through_a_tunnel_of_the_proxy(
    serve: Any,
    proxy_to: Any,
    tls: ssl.SSLContext,
    trusted: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = await serve(tls=tls)
    proxy = await proxy_to(server.port)
    monkeypatch.setenv("HTTPS_PROXY", f"http://me:secret@127.0.0.1:{proxy.port}")
    async with httpx.AsyncClient(transport=OverClient(http_client())) as client:
        for _ in range(3):
            answer = await client.post("https://daytona.test/api", headers={"X-Key": "dtn_key"})
            assert answer.is_success
    assert [head.splitlines()[0] for head in proxy.heads] == ["CONNECT daytona.test:443 HTTP/1.1"]
    assert "Proxy-Authorization: Basic" in proxy.heads[0]
    assert "dtn_key" not in proxy.heads[0]
    assert "proxy-authorization" not in server.asked[0].head.lower()
    assert server.asked[0].line == "POST /api HTTP/1.1"


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
async def test_http_is_forwarded_by_the_proxy(
    serve: Any, proxy_to: Any, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    server = await serve()
    proxy = await proxy_to(server.port)
    monkeypatch.setenv(variable, f"127.0.0.1:{proxy.port}")
    async with httpx.AsyncClient(transport=OverClient(http_client())) as client:
        assert (await client.get("http://daytona.test/api?a=b")).is_success
    assert proxy.heads[0].splitlines()[0] == "GET http://daytona.test/api?a=b HTTP/1.1"


async def test_a_proxy_that_forwards_is_told_who_asks_with_each_request(
    serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    forwarding = await serve()
    monkeypatch.setenv("HTTP_PROXY", f"http://me:s%20t@127.0.0.1:{forwarding.port}")
    async with httpx.AsyncClient(transport=OverClient(http_client())) as client:
        for _ in range(3):
            assert (await client.get("http://daytona.test/api")).is_success
    words = f"Proxy-Authorization: Basic {base64.b64encode(b'me:s t').decode()}"
    assert [words in asked.head for asked in forwarding.asked] == 3 * [True]
    assert forwarding.accepted == 1


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
    async with httpx.AsyncClient(transport=OverClient(http_client())) as client:
        assert (await client.get("https://daytona.test/api")).is_success
    assert len(proxy.heads) == 1


async def test_a_proxy_that_refuses_is_named_and_nothing_is_sent(
    serve: Any,
    proxy_to: Any,
    monkeypatch: pytest.MonkeyPatch,
    sockets: Callable[[], int],
    settled: Any,
) -> None:
    server = await serve()
    proxy = await proxy_to(server.port, refuses=True)
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
    async with httpx.AsyncClient(transport=OverClient(http_client())) as client:
        with pytest.raises(httpx.ProxyError, match="407"):
            await client.get("https://daytona.test/api")
    assert server.asked == []
    await settled(lambda: sockets() == 2)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_loopback_is_never_reached_through_a_proxy(
    serve: Any, proxy_to: Any, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    server = await serve()
    proxy = await proxy_to(server.port)
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
    async with httpx.AsyncClient(transport=OverClient(http_client())) as client:
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
    found = proxy_for(httpx.URL("https://app.daytona.io"), proxies)
    assert (None if found is None else str(found.url)) == expected


@pytest.mark.parametrize("proxy", ["ftp://me:secret@p:1", "http://me:secret@p:port"])
def test_a_proxy_that_makes_no_sense_is_told_without_its_password(proxy: str) -> None:
    with pytest.raises(httpx.ProxyError, match="the proxy for https is no usable") as caught:
        proxy_for(httpx.URL("https://a.b"), {"https": proxy})
    assert "secret" not in str(caught.value)


async def test_a_socks_proxy_needs_a_client_of_httpxs_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1")
    async with httpx.AsyncClient(transport=OverClient(http_client())) as client:
        with pytest.raises(httpx.ProxyError, match=r"httpx\[socks\].*http_client="):
            await client.get("https://daytona.test/api")


@pytest.mark.parametrize("content", [None, "no certificate"], ids=["missing", "nonsense"])
def test_certificates_that_cannot_be_read_are_named_by_their_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None
) -> None:
    file = tmp_path / "authority.pem"
    if content is not None:
        file.write_text(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with pytest.raises(ConfigurationError, match="SSL_CERT_FILE and SSL_CERT_DIR accept"):
        OverClient(http_client())

"""Our transport and a caller's own client send the same requests."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from daytona_validate._providers.daytona.wire.parse import SandboxAnswer
from daytona_validate._providers.daytona.wire.service import Service
from daytona_validate._providers.daytona.wire.transport import http_client

ANSWER = json.dumps({"id": "a", "items": [], "exitCode": 0, "result": ""}).encode()
NAMES = (*("dv-1", "../../x?y#z", "..", ".", "a b", "ä", "%2F", "a+b&c=d;e", "\r\nX: y", ""),)
TOOLBOXES = ("", "/toolbox", "/tool box", "/ä/b", "/a/../b", "/a/./b", "/a%20b", "//a", "/a;b=[c]")

Send = Callable[[Service, str], Awaitable[object]]
SENT: dict[str, Send] = {
    **{f"delete {name!r}": lambda s, _, name=name: s.delete(name) for name in NAMES},  # type: ignore[misc]
    **{
        f"execute {path!r}": lambda s, url, path=path: s.execute(  # type: ignore[misc]
            SandboxAnswer(id="0d0c", toolbox_url=url + path), "{ echo ä; }\n", timeout_s=30
        )
        for path in TOOLBOXES
    },
    "create": lambda s, _: s.create({"name": "dv-1"}, timeout_s=1),
    "get": lambda s, _: s.get("dv-1"),
    "list": lambda s, _: s.sandboxes(labels={"app": "x y", "é": "&"}, cursor="c&d=+ /"),
    "activate": lambda s, _: s.activate_snapshot("5a"),
}


async def answer(asked: Any) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(ANSWER), ANSWER)


def headers_of(asked: Any) -> dict[str, str]:
    lines = asked.head.split("\r\n")[1:-2]
    headers = dict(line.split(": ", 1) for line in lines)
    assert len(headers) == len(lines), "none comes twice"
    return {name.lower(): value for name, value in headers.items()}


@pytest.mark.parametrize("send", SENT.values(), ids=SENT)
async def test_a_request_is_the_same_over_our_transport_and_over_httpxs(
    serve: Any, send: Send
) -> None:
    server = await serve(answer)
    async with http_client() as ours, httpx.AsyncClient(trust_env=False) as theirs:
        for client in (ours, theirs):
            service = Service(server.url, SecretStr("dtn_key"), client, request_timeout_s=30)
            await send(service, server.url)
    our, their = server.asked
    assert our.line == their.line
    assert our.body == their.body
    assert headers_of(our) == headers_of(their)

"""The key appears in nothing that a failure leaves behind, whoever repeats it to us."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from daytona_validate._providers.daytona.wire.failures import FailureKind, ServiceFailure
from daytona_validate._providers.daytona.wire.parse import SandboxAnswer
from daytona_validate._providers.daytona.wire.service import Service
from daytona_validate._providers.daytona.wire.transport import http_client

CANARY = "dtn_canary_5e3a0c0ffee"


def bytes_of(status: int, body: str, kind: str = "application/json", *, extra: str = "") -> bytes:
    head = f"HTTP/1.1 {status} Words\r\nContent-Type: {kind}\r\n{extra}"
    return f"{head}Content-Length: {len(body.encode())}\r\n\r\n{body}".encode()


def told(status: int) -> bytes:
    return bytes_of(status, json.dumps({"message": f"no such key: {CANARY}", "code": CANARY}))


async def hang_up(asked: Any) -> None:
    return None


async def half_an_answer(asked: Any) -> None:
    asked.writer.write(told(200)[:-10])
    await asked.writer.drain()


def always(answer: bytes) -> Callable[[Any], Awaitable[bytes]]:
    async def give(asked: Any) -> bytes:
        return answer

    return give


SERVERS: dict[str, tuple[Any, FailureKind]] = {
    "refuses it and repeats it": (always(told(401)), FailureKind.REFUSED),
    "forbids it and repeats it": (always(told(403)), FailureKind.REFUSED),
    "does not take it": (always(told(400)), FailureKind.REJECTED),
    "fails": (always(told(500)), FailureKind.SERVER),
    "throttles": (always(told(429)), FailureKind.THROTTLED),
    "repeats it in a text": (
        always(bytes_of(500, f"Bearer {CANARY}", "text/plain")),
        FailureKind.SERVER,
    ),
    "repeats it in a page": (
        always(bytes_of(200, f"<p>{CANARY}", "text/html")),
        FailureKind.MALFORMED,
    ),
    "repeats it in broken JSON": (
        always(bytes_of(200, f'{{"id": {CANARY}')),
        FailureKind.MALFORMED,
    ),
    "repeats it in escapes": (
        always(bytes_of(500, '{"message": "\\u0064' + CANARY[1:] + '"}')),
        FailureKind.SERVER,
    ),
    "repeats it where its words are cut": (
        always(bytes_of(500, '{"message": "' + "x" * 108 + "\\u0064" + CANARY[1:] + '"}')),
        FailureKind.SERVER,
    ),
    "repeats it as no HTTP, where its words are cut": (
        always(f"{'x' * 75}{CANARY}\r\n\r\n".encode()),
        FailureKind.CUT_OFF,
    ),
    "repeats it as a redirect": (
        always(bytes_of(302, "", extra=f"Location: /{CANARY}\r\n")),
        FailureKind.MALFORMED,
    ),
    "repeats it as no HTTP": (always(f"{CANARY} {CANARY}\r\n\r\n".encode()), FailureKind.CUT_OFF),
    "repeats it as a broken header": (
        always(f"HTTP/1.1 200 OK\r\n {CANARY}: \x00\r\n\r\n".encode()),
        FailureKind.CUT_OFF,
    ),
    "hangs up": (hang_up, FailureKind.CUT_OFF),
    "hangs up in the middle": (half_an_answer, FailureKind.CUT_OFF),
}


@pytest.fixture(autouse=True)
def all_logs(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    names = ("daytona_validate", "httpx", "httpcore", "aiohttp", "asyncio")
    before = {name: logging.getLogger(name).level for name in names}
    for name in names:
        caplog.set_level(logging.DEBUG, name)
    yield
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


CLIENTS: dict[str, Callable[[], Any]] = {
    "ours": http_client,
    "httpx's": lambda: httpx.AsyncClient(trust_env=False),
}


@pytest.fixture(params=CLIENTS)
async def client(request: pytest.FixtureRequest) -> AsyncIterator[Any]:
    """Our own transport, and a caller's own client."""
    async with CLIENTS[request.param]() as client:
        yield client


def locals_of(failure: BaseException) -> str:
    """Return the local variables of all frames but the test's, as crash reporters show them."""
    shown: list[str] = []
    error: traceback.TracebackException | None
    error = traceback.TracebackException.from_exception(failure, capture_locals=True)
    while error is not None:
        frames = [frame for frame in error.stack if frame.filename != __file__]
        shown += [f"{frame.name}: {frame.locals}" for frame in frames]
        error = error.__cause__
    return "\n".join(shown)


def told_in(text: str) -> list[str]:
    return [line for line in text.splitlines() if CANARY[:10] in line]


def left_behind(failure: BaseException, caplog: pytest.LogCaptureFixture) -> str:
    """Return everything that a failure leaves to be read."""
    seen: list[str] = [str(failure), repr(failure), repr(vars(failure)), *failure.__notes__]
    seen += traceback.format_exception(failure)
    ours = [record for record in caplog.records if not record.name.startswith("httpcore")]
    seen += [logging.Formatter().format(record) for record in ours]
    # At DEBUG httpcore shows the head of an answer as it came, with what the server repeats there.
    theirs = [record for record in caplog.records if record.name.startswith("httpcore")]
    as_it_came = re.compile("return_value|illegal")
    seen += [text for text in (r.getMessage() for r in theirs) if not as_it_came.search(text)]
    return "\n".join(seen)


@pytest.mark.parametrize(("answer", "kind"), SERVERS.values(), ids=SERVERS)
async def test_no_failure_tells_the_key(
    serve: Any, client: Any, caplog: pytest.LogCaptureFixture, answer: Any, kind: FailureKind
) -> None:
    server = await serve(answer)
    service = Service(server.url, SecretStr(CANARY), client, request_timeout_s=30)
    with pytest.raises(ServiceFailure) as caught:
        await service.create({"name": "dv-1"}, timeout_s=1)
    assert CANARY not in repr(service) + repr(vars(service)) + repr(client)
    assert f"authorization: bearer {CANARY}" in server.asked[0].head.lower(), "it was sent"
    assert caught.value.kind is kind
    assert told_in(left_behind(caught.value, caplog)) == []


async def test_no_failure_to_send_tells_the_key(
    client: Any, caplog: pytest.LogCaptureFixture
) -> None:
    service = Service("http://127.0.0.1:9", SecretStr(CANARY), client, request_timeout_s=30)
    sandbox = SandboxAnswer(id="a", toolbox_url="http://127.0.0.1:9")
    with pytest.raises(ServiceFailure) as caught:
        await service.execute(sandbox, "true", timeout_s=1)
    assert caught.value.kind is FailureKind.UNREACHABLE
    assert told_in(locals_of(caught.value)) == []
    assert told_in(left_behind(caught.value, caplog)) == []


async def test_a_key_that_is_no_header_is_not_told_by_who_refuses_it(
    serve: Any, client: Any
) -> None:
    server = await serve()
    service = Service(server.url, SecretStr(f"{CANARY}\nX: y"), client, request_timeout_s=30)
    with pytest.raises(ServiceFailure) as caught:
        await service.get("dv-1")
    assert server.asked == []
    assert CANARY not in "".join(traceback.format_exception(caught.value))


async def test_a_request_that_is_cancelled_does_not_show_the_key_in_its_frames(serve: Any) -> None:
    """Whoever reports crashes with local variables shows those of the HTTP library, too."""
    is_here = asyncio.Event()

    async def never(asked: Any) -> bytes:
        is_here.set()
        await asyncio.Event().wait()
        raise AssertionError

    server = await serve(never)
    async with http_client() as client:
        service = Service(server.url, SecretStr(CANARY), client, request_timeout_s=30)
        request = asyncio.create_task(service.get("dv-1"))
        await is_here.wait()
        request.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await request
    shown = locals_of(caught.value)
    assert "HttpConnection" in shown, "the frames of the connection are there"
    assert told_in(shown) == []


async def test_no_success_tells_the_key(
    serve: Any, client: Any, caplog: pytest.LogCaptureFixture
) -> None:
    extra = f"X-Daytona-Api-Version: {CANARY}\r\n"
    body = json.dumps({"id": "a", "state": "error", "errorReason": f"bad key {CANARY}"})
    server = await serve(always(bytes_of(200, body, extra=extra)))
    service = Service(server.url, SecretStr(CANARY), client, request_timeout_s=30)
    found = await service.get("dv-1")
    assert found.error_reason == "bad key ***"
    ours = [r.getMessage() for r in caplog.records if not r.name.startswith("httpcore")]
    assert "GET /sandbox/{name}: 200, by Daytona ***" in ours
    assert CANARY not in "\n".join(ours)


async def test_a_time_out_tells_nothing_either(
    serve: Any, client: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async def never(asked: Any) -> bytes:
        await asyncio.Event().wait()
        raise AssertionError

    server = await serve(never)
    service = Service(server.url, SecretStr(CANARY), client, request_timeout_s=0.02)
    with pytest.raises(ServiceFailure) as caught:
        await service.get("dv-1")
    assert isinstance(caught.value.__cause__, httpx.ReadTimeout)
    assert told_in(locals_of(caught.value)) == []
    assert told_in(left_behind(caught.value, caplog)) == []

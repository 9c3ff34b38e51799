"""Answers that say success and make no sense, and requests that are better not sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest
import respx
from pydantic import SecretStr

from daytona_validate._providers.daytona.wire.failures import FailureKind, ServiceFailure
from daytona_validate._providers.daytona.wire.parse import SandboxAnswer
from daytona_validate._providers.daytona.wire.service import Service

API = "https://app.daytona.io/api"
KEY = SecretStr("dtn_key")
PAGE = "<!doctype html><title>Daytona</title>"
RETRIED, GIVEN_UP = True, False


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    async with httpx.AsyncClient() as client:
        yield Service(API, KEY, client, request_timeout_s=30)


STRANGE: dict[str, tuple[dict[str, object], str, bool]] = {
    "a page": ({"html": PAGE}, "it is an HTML page", GIVEN_UP),
    "nothing": ({"content": b""}, "it is empty", RETRIED),
    "half of it": ({"content": b'{"id": "0d'}, "it is not JSON, or is cut off", RETRIED),
    "no UTF-8": ({"content": b'{"id": "\xff"}'}, "it is not JSON", RETRIED),
    "too deep": ({"content": b"[" * 100_000}, "it is not JSON", RETRIED),
    "text": ({"text": "OK"}, "it is not JSON", RETRIED),
    "a list": ({"json": []}, "it is not a JSON object", GIVEN_UP),
    "no id": ({"json": {"name": "dv-1"}}, "it has no id", GIVEN_UP),
    "packed wrongly": (
        {"stream": httpx.ByteStream(b"no gzip"), "headers": {"Content-Encoding": "gzip"}},
        "was not decoded",
        RETRIED,
    ),
}


@pytest.mark.parametrize(("answer", "problem", "is_retried"), STRANGE.values(), ids=STRANGE)
@respx.mock
async def test_an_answer_that_makes_no_sense_may_have_worked(
    service: Service, answer: dict[str, object], problem: str, is_retried: bool
) -> None:
    respx.post(f"{API}/sandbox").mock(return_value=httpx.Response(200, **answer))  # type: ignore[arg-type]  # a table
    with pytest.raises(ServiceFailure, match=problem) as caught:
        await service.create({"name": "dv-1"}, timeout_s=1)
    failure = caught.value
    assert failure.kind is FailureKind.MALFORMED
    assert (failure.may_have_worked, failure.retryable) == (True, is_retried)
    assert "POST /sandbox" in str(failure)


@respx.mock
async def test_a_page_is_no_word_that_anything_was_deleted(service: Service) -> None:
    respx.delete(f"{API}/sandbox/dv-1").respond(200, html=PAGE)
    with pytest.raises(ServiceFailure) as caught:
        await service.delete("dv-1")
    assert caught.value.kind is FailureKind.MALFORMED


@pytest.mark.parametrize("answer", [{"json": {"id": "a"}}, {"content": b""}, {"text": "OK"}])
@respx.mock
async def test_whatever_else_a_delete_succeeds_with_is_a_success(
    service: Service, answer: dict[str, object]
) -> None:
    respx.delete(f"{API}/sandbox/dv-1").mock(return_value=httpx.Response(200, **answer))  # type: ignore[arg-type]  # a table
    await service.delete("dv-1")


class Parts(httpx.AsyncByteStream):
    """A body that goes on for ever, and whether it was closed."""

    def __init__(
        self, part: bytes, *, pause: Callable[[], Awaitable[None]] = lambda: asyncio.sleep(0)
    ) -> None:
        self.part = part
        self.pause = pause
        self.is_closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            yield self.part
            await self.pause()

    async def aclose(self) -> None:
        self.is_closed = True


def client_that_answers(stream: Parts) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.MockTransport(lambda request: httpx.Response(200, stream=stream))
    )


async def test_an_endless_answer_does_not_fill_our_memory() -> None:
    body = Parts(bytes(100_000))
    async with client_that_answers(body) as client:
        with pytest.raises(ServiceFailure, match="longer than 1 MiB") as caught:
            await Service(API, KEY, client, request_timeout_s=30).get("dv-1")
    assert caught.value.kind is FailureKind.MALFORMED
    assert body.is_closed


@pytest.mark.virtual_time
async def test_an_answer_in_drips_has_an_end() -> None:
    body = Parts(b"", pause=lambda: asyncio.sleep(1))
    async with client_that_answers(body) as client:
        service = Service(API, KEY, client, request_timeout_s=10)
        with pytest.raises(ServiceFailure, match="did not answer in time") as caught:
            await service.get("dv-1")
    assert caught.value.kind is FailureKind.CUT_OFF
    assert isinstance(caught.value.__cause__, TimeoutError)
    assert body.is_closed


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://proxy.daytona.io/toolbox", "http for this computer only"),
        ("https://me:secret@proxy.daytona.io/toolbox", "without user name"),
        ("ftp://proxy.daytona.io/toolbox", "https address"),
        ("javascript:alert(1)", "https address"),
        ("https://[::1/toolbox", "not a valid address"),
    ],
)
@respx.mock
async def test_no_key_is_sent_to_a_toolbox_address_that_may_not_have_it(
    service: Service, url: str, why: str
) -> None:
    route = respx.route()
    sandbox = SandboxAnswer(id="0d0c", name="dv-1", toolbox_url=url)
    with pytest.raises(ServiceFailure, match=why) as caught:
        await service.execute(sandbox, "true", timeout_s=5)
    failure = caught.value
    assert (failure.kind, failure.may_have_worked, failure.retryable) == (
        FailureKind.UNREACHABLE,
        False,
        False,
    )
    assert "secret" not in str(failure)
    assert not route.called


@respx.mock
async def test_no_key_is_sent_to_the_address_that_this_project_was_born_with() -> None:
    route = respx.route()
    async with httpx.AsyncClient() as client:
        service = Service("https://api.daytona.io/v1", KEY, client, request_timeout_s=30)
        with pytest.raises(
            ServiceFailure, match=r"set DAYTONA_BASE_URL=https://app\.daytona\.io/api"
        ):
            await service.create({"name": "dv-1"}, timeout_s=1)
    assert not route.called


@pytest.mark.parametrize("url", ["https://\x00.example/toolbox", "https://x.example:99999/t"])
async def test_an_address_that_httpx_cannot_read_is_a_failure_too(
    service: Service, url: str
) -> None:
    with pytest.raises(ServiceFailure) as caught:
        await service.execute(SandboxAnswer(id="a", toolbox_url=url), "true", timeout_s=5)
    assert not caught.value.may_have_worked


async def test_a_closed_client_sends_nothing_and_says_so() -> None:
    client = httpx.AsyncClient()
    await client.aclose()
    with pytest.raises(ServiceFailure, match="the HTTP client is closed") as caught:
        await Service(API, KEY, client, request_timeout_s=30).get("dv-1")
    assert caught.value.kind is FailureKind.UNREACHABLE


async def test_what_a_callers_own_hook_raises_is_a_failure_with_its_cause() -> None:
    async def hook(request: httpx.Request) -> None:
        raise LookupError("theirs")

    async with httpx.AsyncClient(event_hooks={"request": [hook]}) as client:
        with pytest.raises(ServiceFailure, match="LookupError: theirs") as caught:
            await Service(API, KEY, client, request_timeout_s=30).get("dv-1")
    assert isinstance(caught.value.__cause__, LookupError)
    assert not caught.value.retryable


LOGS = "https://runner.example/logs?token=a"


@respx.mock
async def test_build_logs_come_as_they_are_printed(service: Service) -> None:
    respx.get(f"{API}/snapshots/5a/build-logs-url").respond(200, json={"url": LOGS})
    logs = respx.get(LOGS.partition("?")[0]).respond(200, text="Step 1\nStep 2\n")
    assert "".join([text async for text in service.build_logs("5a")]) == "Step 1\nStep 2\n"
    assert dict(logs.calls.last.request.url.params) == {"token": "a", "follow": "true"}
    assert logs.calls.last.request.headers["Authorization"] == "Bearer dtn_key"


@respx.mock
async def test_build_logs_that_break_off_are_a_failure(service: Service) -> None:
    respx.get(f"{API}/snapshots/5a/build-logs-url").respond(200, json={"url": LOGS})
    respx.get(LOGS.partition("?")[0]).mock(side_effect=httpx.ReadError("broken"))
    with pytest.raises(ServiceFailure) as caught:
        [text async for text in service.build_logs("5a", follow=False)]
    assert caught.value.kind is FailureKind.CUT_OFF


async def test_leaving_build_logs_closes_them() -> None:
    body = Parts(b"Step\n")

    def answer(request: httpx.Request) -> httpx.Response:
        is_url = request.url.path.endswith("build-logs-url")
        return (
            httpx.Response(200, json={"url": LOGS}) if is_url else httpx.Response(200, stream=body)
        )

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        logs = Service(API, KEY, client, request_timeout_s=30).build_logs("5a")
        assert await anext(logs) == "Step\n"
        await logs.aclose()
        assert body.is_closed

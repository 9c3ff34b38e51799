"""What traces or mocks HTTP requests sees those of a `Validator`, the way docs/daytona.md says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import respx

from daytona_validate import Validator
from routed_server import routed_server

sdk_trace = pytest.importorskip("opentelemetry.sdk.trace", reason="comes with the extra test")
exports = pytest.importorskip("opentelemetry.sdk.trace.export")
in_memory = pytest.importorskip("opentelemetry.sdk.trace.export.in_memory_span_exporter")
KEY = "dtn_secret"

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def key(clean_environment: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAYTONA_API_KEY", KEY)


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> Iterator[respx.MockRouter]:
    """A service that refuses the key."""
    with routed_server("/api") as (url, router):
        monkeypatch.setenv("DAYTONA_BASE_URL", url)
        router.post("/sandbox").respond(403, json={"message": "no"})
        yield router


@pytest.fixture
def traced() -> Iterator[Callable[[Any], list[Any]]]:
    """Have an instrumentor of OpenTelemetry's record spans; the value returns those ended."""
    exporter = in_memory.InMemorySpanExporter()
    provider = sdk_trace.TracerProvider()
    provider.add_span_processor(exports.SimpleSpanProcessor(exporter))
    instrumented: list[Any] = []

    def start(instrumentor: Any) -> Any:
        instrumentor.instrument(tracer_provider=provider)
        instrumented.append(instrumentor)
        return exporter.get_finished_spans

    yield start
    for each in instrumented:
        each.uninstrument()
    provider.shutdown()


def of_one_creation(spans: Any) -> bool:
    (span,) = spans
    shown = span.to_json()
    assert KEY not in shown
    assert "/api/sandbox" in shown
    return "403" in shown and span.name.startswith("POST")


async def test_respx_takes_the_requests_of_a_client_of_httpxs() -> None:
    with respx.mock:
        create = respx.post("https://app.daytona.io/api/sandbox").respond(403)
        async with httpx.AsyncClient() as client, Validator(http_client=client) as validator:
            result = await validator.validate("print(1)", "python")
    assert create.call_count == 1
    assert "denies this request" in result.details


async def test_opentelemetry_for_httpx_traces_a_client_of_httpxs(
    refusing: respx.MockRouter, traced: Any
) -> None:
    package = pytest.importorskip("opentelemetry.instrumentation.httpx")
    spans = traced(package.HTTPXClientInstrumentor())
    async with httpx.AsyncClient() as client, Validator(http_client=client) as validator:
        await validator.validate("print(1)", "python")
    assert of_one_creation(spans())

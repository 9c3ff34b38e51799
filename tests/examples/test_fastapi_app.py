"""The example service: verdicts, refusals, load that is shed, clients that leave."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest

from daytona_validate import SandboxSpec
from daytona_validate.testing import FakeProvider, SandboxUnavailable, ToolchainMissing, ran

from .conftest import Serve, optional

ASKED = {"code": "print(42)", "language": "python", "id": "a"}
pytestmark = pytest.mark.slow  # a real server each
HALF = r'{"code": "print(\"\ud800\")", "language": "python", "skill": "\udcff"}'


class WithoutPython(FakeProvider):
    """Provider on a machine that lacks a toolchain."""

    async def prepare(self, spec: SandboxSpec) -> None:
        raise ToolchainMissing("Install Python")


async def test_it_answers_with_the_whole_result(serve: Serve) -> None:
    async with serve(FakeProvider(ran("42\n"))) as client:
        answer = await client.post("/validate", json=ASKED)
        assert answer.status_code == 200
        found = answer.json()
        assert (found["outcome"], found["output"], found["snippet_id"]) == ("passed", "42\n", "a")
        assert found["is_verdict"] is True
        assert (await client.get("/livez")).json() == {"status": "ok"}
        assert (await client.get("/healthz")).json() == {"is_ready": True, "missing": []}


async def test_what_is_no_verdict_is_503_with_the_reason(serve: Serve) -> None:
    async with serve(FakeProvider(SandboxUnavailable("none today"))) as client:
        found = await client.post("/validate", json=ASKED)
        assert found.status_code == 503
        assert found.json()["outcome"] == "unavailable"
        assert found.json()["is_verdict"] is False


async def test_where_something_is_missing_it_starts_and_says_so(serve: Serve) -> None:
    async with serve(WithoutPython()) as client:
        found = await client.get("/healthz")
        assert found.status_code == 503
        (missing,) = found.json()["missing"]
        assert (missing["what"], missing["advice"]) == ("python", "Install Python")
        assert (await client.get("/livez")).status_code == 200


async def test_what_no_encoding_has_is_a_verdict_and_never_a_500(serve: Serve) -> None:
    headers = {"Content-Type": "application/json"}
    async with serve(FakeProvider()) as client:
        found = await client.post("/validate", content=HALF, headers=headers)
        assert (found.status_code, found.json()["outcome"]) == (200, "invalid_snippet")
        assert found.json()["skill"] == "\ufffd"
        batch = await client.post("/validate/batch", content=f"[{HALF}]", headers=headers)
        assert json.loads(batch.text)["outcome"] == "invalid_snippet"
        odd = HALF.replace('"skill"', r'"\ud800"')
        refused = await client.post("/validate", content=odd, headers=headers)
        assert refused.status_code == 422


TOO_MUCH: tuple[tuple[str, object, int], ...] = (
    ("/validate", {**ASKED, "validation": {}}, 422),
    ("/validate", {**ASKED, "timeout_s": 1e6}, 422),
    ("/validate", {**ASKED, "code": "x" * 2_000_000}, 422),
    ("/validate/batch", [], 422),
    ("/validate/batch", [ASKED] * 1_001, 422),
    ("/validate", {**ASKED, "stdin": "x" * 17_000_000}, 413),
)


async def test_what_is_too_much_or_unknown_is_refused_before_anything_runs(serve: Serve) -> None:
    fake = FakeProvider()
    async with serve(fake) as client:
        for path, body, status in TOO_MUCH:
            refused = await client.post(path, json=body)
            assert (refused.status_code, fake.opened) == (status, 0), refused.text
            assert len(refused.content) < 1_000, "what was asked is not repeated"


async def test_a_client_that_leaves_takes_its_snippet_along(serve: Serve) -> None:
    fake = FakeProvider()
    fake.hold("run")
    async with serve(fake) as client:
        asking = asyncio.create_task(client.post("/validate", json=ASKED))
        await fake.until(lambda f: f.running == 1)
        asking.cancel()
        await fake.until(lambda f: f.alive == 0)
        assert asking.cancelled()


async def test_a_batch_is_a_line_a_result_as_they_finish(serve: Serve) -> None:
    batch = [{**ASKED, "id": str(n)} for n in range(20)]
    async with serve(FakeProvider(ran("42\n"))) as client:
        found = await client.post("/validate/batch", json=batch)
    lines = [json.loads(line) for line in found.text.splitlines()]
    assert sorted(each["index"] for each in lines) == list(range(20))
    assert {each["snippet_id"] for each in lines} == {str(n) for n in range(20)}


async def test_a_batchs_client_that_leaves_takes_all_of_it_along(serve: Serve) -> None:
    fake = FakeProvider()
    fake.hold("run")
    async with serve(fake) as client:
        asking = asyncio.create_task(client.post("/validate/batch", json=[ASKED] * 50))
        await fake.until(lambda f: f.running > 1)
        asking.cancel()
        await fake.until(lambda f: f.alive == 0)
    assert fake.opened < 50


async def test_where_the_queue_is_full_all_are_told_when_to_come_again(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAYTONA_MAX_QUEUE", "0")
    monkeypatch.setenv("DAYTONA_CONCURRENCY", "1")
    fake = FakeProvider()
    fake.hold("run")
    async with serve(fake) as client:
        first = asyncio.create_task(client.post("/validate", json=ASKED))
        await fake.until(lambda f: f.running == 1)
        for path, body in (("/validate", ASKED), ("/validate/batch", [ASKED])):
            full = await client.post(path, json=body)
            assert full.status_code == 503
            assert int(full.headers["Retry-After"]) >= 1
            assert full.json()["slots"] == 1
        fake.release("run")
        assert (await first).status_code == 200


async def test_prometheus_can_read_what_is_counted(serve: Serve) -> None:
    parser = optional("prometheus_client.parser")
    async with serve(FakeProvider(ran("42\n"))) as client:
        for language in ("python", "python", 'x"\n{evil}'):
            await client.post("/validate", json={**ASKED, "language": language})
        text = (await client.get("/metrics")).text
    families = {each.name: each for each in parser.text_string_to_metric_families(text)}
    counted = families["daytona_validate_snippets_by_outcome"].samples
    assert {each.labels["outcome"]: each.value for each in counted} == {
        "passed": 2,
        "unsupported_language": 1,
    }
    by_language = families["daytona_validate_snippets_by_language"].samples
    assert {each.labels["language"] for each in by_language} == {"python", "other"}
    assert families["daytona_validate_created"].samples[0].value == 2
    assert families["daytona_validate_running"].type == "gauge"
    assert families["daytona_validate_queue_seconds"].type == "summary"


async def test_nothing_on_the_page_comes_from_elsewhere(serve: Serve) -> None:
    async with serve(FakeProvider()) as client:
        for path in ("/", "/page.js", "/page.css", "/validate"):
            found: httpx.Response = await client.get(path)
            assert "default-src 'none'" in found.headers["Content-Security-Policy"]
            assert "://" not in found.text

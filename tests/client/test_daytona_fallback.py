"""Without a key, the library answers as its first users know it, and runs nothing anywhere."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable

import httpx
import pytest

from daytona_validate import Fault, Outcome, Snippet, Validator
from daytona_validate._core.results import six_key_dict
from routed_server import routed_server

Open = Callable[..., Validator]

FALLBACK = (
    '{"skill": "Python Programming", "status": "Failure", "output": "", "error": null, '
    '"execution_time": 0.0, '
    '"details": "Code validation unavailable - API key not configured"}'
)


async def test_without_a_key_the_fallback_comes_byte_for_byte(opened: Open) -> None:
    async with opened(None) as validator:
        result = await validator.validate("print(1)", "python", skill="Python Programming")
    assert json.dumps(six_key_dict(result)) == FALLBACK
    assert (result.provider, result.outcome) == ("daytona", Outcome.UNAVAILABLE)
    assert (result.fault, result.attempts) == (Fault.INFRASTRUCTURE, 0)


async def test_the_reason_is_logged_once_a_client(
    opened: Open, caplog: pytest.LogCaptureFixture
) -> None:
    snippets = [Snippet(code="print(1)", language="python")] * 20
    with caplog.at_level(logging.INFO, "daytona_validate"):
        async with opened("daytona") as validator:
            results = await validator.validate_many(snippets)
    assert len(results) == 20
    assert [(r.levelname, r.getMessage()) for r in caplog.records] == [
        ("WARNING", "Code validation unavailable - API key not configured")
    ]


@pytest.mark.parametrize("address", ["https://api.daytona.io/v1", "https://api.daytona.io/v1/"])
async def test_the_address_of_old_is_answered_with_what_to_set_and_the_key_stays_here(
    opened: Open,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    address: str,
) -> None:
    with routed_server() as (proxy, router), caplog.at_level(logging.DEBUG, "daytona_validate"):
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        async with opened(
            None, DAYTONA_API_KEY="dtn_secret", DAYTONA_BASE_URL=address
        ) as validator:
            result = await validator.validate("print(1)", "python")
    assert (result.outcome, result.fault) == (Outcome.UNAVAILABLE, Fault.INFRASTRUCTURE)
    assert "set DAYTONA_BASE_URL=https://app.daytona.io/api" in result.details
    assert not router.calls
    assert "dtn_secret" not in caplog.text + result.to_json() + repr(validator.__dict__)


async def test_a_refused_key_is_used_once_in_a_batch(
    opened: Open, caplog: pytest.LogCaptureFixture
) -> None:
    snippets = [Snippet(code="print(1)", language="python")] * 20
    with routed_server() as (url, router), caplog.at_level(logging.INFO, "daytona_validate"):
        create = router.post("/sandbox").respond(401)
        settings = {"DAYTONA_API_KEY": "dtn_secret", "DAYTONA_BASE_URL": url}
        async with opened(None, concurrency=1, **settings) as validator:
            results = await validator.validate_many(snippets)
    assert create.call_count == 1
    assert {(r.outcome, r.fault, r.attempts) for r in results} == {
        (Outcome.UNAVAILABLE, Fault.INFRASTRUCTURE, 0)
    }
    (record,) = caplog.records
    assert record.levelname == "WARNING"
    assert "refused the API key" in record.getMessage()
    assert "dtn_secret" not in caplog.text + results[0].to_json()


async def test_a_callers_own_client_is_used_and_stays_open(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        return httpx.Response(403, json={"message": "Organization is suspended"})

    monkeypatch.setenv("DAYTONA_API_KEY", "dtn_secret")
    async with httpx.AsyncClient(transport=httpx.MockTransport(refuse)) as client:
        async with Validator(http_client=client) as validator:
            result = await validator.validate("print(1)", "python")
        assert "Organization is suspended" in result.details
        assert not client.is_closed


async def test_bad_input_is_told_as_such_even_without_a_key(opened: Open) -> None:
    async with opened(None) as validator:
        assert (await validator.validate("", "python")).outcome is Outcome.INVALID_SNIPPET

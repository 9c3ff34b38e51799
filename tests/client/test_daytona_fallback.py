"""Without a key, the library answers as its first users know it, and runs nothing anywhere."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable

import pytest

from daytona_validate import Fault, Outcome, Snippet, Validator
from daytona_validate._core.six_keys import six_key_dict

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


async def test_with_a_key_it_says_what_is_missing_and_keeps_the_key_to_itself(
    opened: Open, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "daytona_validate"):
        async with opened(None, DAYTONA_API_KEY="dtn_secret") as validator:
            result = await validator.validate("print(1)", "python")
    assert result.outcome is Outcome.UNAVAILABLE
    assert "nothing was sent" in result.details
    assert "DAYTONA_PROVIDER=local" in result.details
    assert "dtn_secret" not in caplog.text + result.to_json() + repr(validator.__dict__)


async def test_bad_input_is_told_as_such_even_without_a_key(opened: Open) -> None:
    async with opened(None) as validator:
        assert (await validator.validate("", "python")).outcome is Outcome.INVALID_SNIPPET

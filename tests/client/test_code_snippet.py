"""The model that web backends keep a snippet in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pydantic import ValidationError

from daytona_validate import CodeSnippet, Validator
from daytona_validate.testing import FakeProvider


async def test_a_code_snippet_is_validated_and_carries_its_result_through_json(
    opened: Callable[..., Validator], fake: FakeProvider
) -> None:
    snippet = CodeSnippet(code="print(1)", language="python", description="prints")
    async with opened(fake) as validator:
        result = await validator.validate(snippet.to_snippet(skill="Python"))
    validated = snippet.with_validation(result)
    assert validated.validation == result
    assert snippet.validation is None
    assert CodeSnippet.model_validate_json(validated.model_dump_json()) == validated


def test_code_and_language_are_needed() -> None:
    with pytest.raises(ValidationError):
        CodeSnippet.model_validate({"code": "print(1)", "description": ""})

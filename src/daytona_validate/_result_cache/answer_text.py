"""A kept result as text, and back: JSON as in all reports, validated when it is read."""

from __future__ import annotations

import json

from daytona_validate._core.kept_answers import may_be_kept, plain_answer
from daytona_validate._models import CodeValidationResult
from daytona_validate._models.json_form import adapter

MOST_BYTES = 1024 * 1024
"""Of one text: enough for what is kept of both streams by default."""


def answer_text(result: CodeValidationResult) -> bytes | None:
    """Return the text of a result; None if it may not be kept, or would not come back the same."""
    if not may_be_kept(result):
        return None
    plain = plain_answer(result)
    text = plain.to_json().encode()
    return text if len(text) <= MOST_BYTES and answer_of(text) == plain else None


def answer_of(text: bytes) -> CodeValidationResult | None:
    """Return the result of a text; None if it is none that could have been kept."""
    try:
        result = adapter(CodeValidationResult).validate_python(json.loads(text))
    except (ValueError, RecursionError):
        return None
    return result if may_be_kept(result) else None

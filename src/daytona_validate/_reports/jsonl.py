"""The report for programs that read as it grows: a JSON object a line, the summary last."""

from __future__ import annotations

from collections.abc import Sequence

from daytona_validate._core.summary import Summary
from daytona_validate._json_text import json_text
from daytona_validate._models import CodeValidationResult

SCHEMA_VERSION = 1


def each(result: CodeValidationResult) -> str:
    """Return one result as one line: the fields of `to_dict()`, and `type` before them."""
    return json_text({"type": "result", **result.to_dict()}) + "\n"


def end(_results: Sequence[CodeValidationResult], summary: Summary) -> str:
    """Return the last line, by which a reader knows that the report is whole."""
    head = {"type": "summary", "schema_version": SCHEMA_VERSION}
    return json_text({**head, **summary.to_dict()}) + "\n"

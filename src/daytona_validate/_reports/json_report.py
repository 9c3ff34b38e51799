"""The report for programs that read it whole: one JSON object."""

from __future__ import annotations

from collections.abc import Sequence

from daytona_validate._core.summary import Summary
from daytona_validate._json_text import json_text
from daytona_validate._models import CodeValidationResult
from daytona_validate._reports.jsonl import SCHEMA_VERSION


def end(results: Sequence[CodeValidationResult], summary: Summary) -> str:
    """Return the object: schema version, results, summary; a result a line."""
    # Whole, with an indent, it would go through Python's own encoder, at three times the time.
    lines = ",\n".join(json_text(result.to_dict()) for result in results)
    return (
        f'{{"schema_version": {SCHEMA_VERSION}, "results": [\n{lines}\n],\n'
        f'"summary": {json_text(summary.to_dict())}}}\n'
    )

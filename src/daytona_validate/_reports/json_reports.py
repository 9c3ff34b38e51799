"""The two reports for programs: `json`, one object to read whole; `jsonl`, a line as each ends."""

from __future__ import annotations

from collections.abc import Sequence

from daytona_validate._core.reported import Reported
from daytona_validate._core.summary import Summary
from daytona_validate._json_text import json_text

SCHEMA_VERSION = 1


def jsonl_each(reported: Reported) -> str:
    """Return one result as one line: `type`, the fields of `to_dict()`, the fingerprints."""
    return json_text({"type": "result", **_row(reported)}) + "\n"


def jsonl_end(_results: Sequence[Reported], summary: Summary) -> str:
    """Return the last line, by which a reader knows that the report is whole."""
    head = {"type": "summary", "schema_version": SCHEMA_VERSION}
    return json_text({**head, **summary.to_dict()}) + "\n"


def json_end(results: Sequence[Reported], summary: Summary) -> str:
    """Return one object: schema version, results, summary; a result a line."""
    # Whole, with an indent, it would go through Python's own encoder, at three times the time.
    lines = ",\n".join(json_text(_row(each)) for each in results)
    return (
        f'{{"schema_version": {SCHEMA_VERSION}, "results": [\n{lines}\n],\n'
        f'"summary": {json_text(summary.to_dict())}}}\n'
    )


def _row(reported: Reported) -> dict[str, object]:
    prints = {
        "fingerprint": reported.fingerprint,
        "input_fingerprint": reported.input_fingerprint,
    }
    return {**reported.result.to_dict(), **prints}

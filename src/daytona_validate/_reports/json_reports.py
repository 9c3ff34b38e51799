"""The two reports for programs: `json`, one object to read whole; `jsonl`, a line as each ends."""

from __future__ import annotations

from collections.abc import Sequence

from daytona_validate._core.reported import Reported
from daytona_validate._core.summary import Summary
from daytona_validate._json_text import compact_json

SCHEMA_VERSION = 1


def jsonl_each(reported: Reported) -> str:
    """Return one result as one line: `type`, the fields of `to_dict()`, the fingerprints."""
    return f'{{"type":"result",{_fields(reported)}}}\n'


def jsonl_end(_results: Sequence[Reported], summary: Summary) -> str:
    """Return the last line, by which a reader knows that the report is whole."""
    head = {"type": "summary", "schema_version": SCHEMA_VERSION}
    return compact_json({**head, **summary.to_dict()}) + "\n"


def json_end(results: Sequence[Reported], summary: Summary) -> str:
    """Return one object: schema version, results, summary; a result a line."""
    lines = ",\n".join(f"{{{_fields(each)}}}" for each in results)
    return (
        f'{{"schema_version":{SCHEMA_VERSION},"results":[\n{lines}\n],\n'
        f'"summary":{compact_json(summary.to_dict())}}}\n'
    )


def _fields(reported: Reported) -> str:
    """Return the fields of a row, as they stand between its braces."""
    prints = {
        "fingerprint": reported.fingerprint,
        "input_fingerprint": reported.input_fingerprint,
        "page_fingerprint": reported.page_fingerprint,
    }
    return f"{reported.result.to_json()[1:-1]},{compact_json(prints)[1:-1]}"

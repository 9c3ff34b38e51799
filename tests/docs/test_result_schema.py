"""The published JSON Schema of a result is that of the code. To write it anew:

PYTHONPATH=tests/shared python tests/docs/test_result_schema.py
"""

from __future__ import annotations

import json

from pydantic import TypeAdapter

from daytona_validate import CodeValidationResult
from documented import ROOT

FILE = ROOT / "docs" / "result.schema.json"


def schema_text() -> str:
    schema = TypeAdapter(CodeValidationResult).json_schema(mode="serialization")
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps({**head, **schema}, indent=2) + "\n"


def test_the_published_schema_is_that_of_the_code() -> None:
    assert FILE.read_text() == schema_text()


if __name__ == "__main__":
    FILE.write_text(schema_text())

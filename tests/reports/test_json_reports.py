"""The reports for programs: stable, whole, and readable by every parser."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daytona_validate import CodeValidationResult
from daytona_validate._core.fingerprint import fingerprint
from daytona_validate._json_text import compact_json, json_text
from daytona_validate._models.json_form import encodable
from result_reports import ResultReport

JSONL, JSON = ResultReport("jsonl"), ResultReport("json")


def row(result: CodeValidationResult) -> dict[str, object]:
    """Return a result's row: here all are of a program without code."""
    return {
        **json.loads(result.to_json()),
        "fingerprint": fingerprint(result.language, ""),
        "input_fingerprint": "",
        "page_fingerprint": "",
    }


def test_jsonl_is_a_result_a_line_and_the_summary_last(results: Any) -> None:
    found = [results.make(stdout="a\nb\u2028c\n"), results.failed()]
    summary = results.summary(found)
    text = "".join(JSONL.each(each) for each in found) + JSONL.end([], summary)
    lines = [json.loads(line) for line in text.splitlines()]
    assert lines == [
        {"type": "result", **row(found[0])},
        {"type": "result", **row(found[1])},
        {"type": "summary", "schema_version": 1, **json.loads(json.dumps(summary.to_dict()))},
    ]
    assert list(lines[0])[:2] == ["type", "skill"]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_json_is_one_object(results: Any, count: int) -> None:
    found = [results.make(stdout="é") for _ in range(count)]
    summary = results.summary(found)
    assert "".join(JSON.each(each) for each in found) == ""
    text = JSON.end(found, summary)
    assert text.endswith("}\n")
    assert json.loads(text) == {
        "schema_version": 1,
        "results": [row(each) for each in found],
        "summary": json.loads(json.dumps(summary.to_dict())),
    }


def test_evil_text_comes_back_as_it_was_and_does_no_harm(results: Any, evil: str) -> None:
    result = results.make(path=f"{evil}.md", skill=evil, snippet_id=evil)
    text = JSON.end([result], results.summary([result]))
    text.encode()
    assert all(line.isprintable() for line in text.splitlines())
    assert result.to_json().removesuffix("}") in text
    read = json.loads(text)["results"][0]
    written = encodable(evil)  # no strict reader takes half of a surrogate pair
    assert (read["skill"], read["snippet_id"]) == (written, written)
    assert read["location"]["path"] == f"{written}.md"


def test_readable_text_stays_readable() -> None:
    assert json_text({"é": "漢 😀"}) == '{"é": "漢 😀"}'


@pytest.mark.parametrize("text", ["\x7f", "é\x7f", "\x00\x1b\n", "\u202e", "\x9b", "\ud800"])
def test_no_character_that_does_harm_stands_raw(text: str) -> None:
    for line in (json_text(text), compact_json([text])):
        assert line.isprintable()
        assert json.loads(line) in (text, [text])


@given(st.text(st.characters(codec=None)))
def test_json_text_is_one_line_of_the_same_value(text: str) -> None:
    line = json_text([text])
    line.encode()
    assert len(line.splitlines()) == 1
    # A parser joins the halves of a pair that stand side by side, as UTF-16 has it.
    joined = text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    assert json.loads(line) == [joined]

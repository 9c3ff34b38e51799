"""The request for one snippet: what a client may ask, and what is refused in so many words."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from daytona_validate import Snippet, SnippetRequest
from daytona_validate._snippet_request import MOST_CHARACTERS

LEAST = {"code": "print(1)", "language": "python"}
MIB = "x" * MOST_CHARACTERS


def test_it_becomes_a_snippet_with_all_that_was_asked() -> None:
    asked = SnippetRequest.model_validate_json(
        '{"code": "print(input())", "language": "python", "stdin": "a", "expected_output": "a",'
        '"files": {"b/c.txt": "d"}, "timeout_s": 2.5, "id": "e", "skill": "f"}'
    )
    assert asked.snippet() == Snippet(
        code="print(input())",
        language="python",
        skill="f",
        stdin="a",
        files={"b/c.txt": "d"},
        expected_output="a",
        timeout_s=2.5,
        snippet_id="e",
    )


def test_what_is_not_asked_is_what_a_snippet_has_by_itself() -> None:
    least = Snippet(code=LEAST["code"], language=LEAST["language"])
    assert SnippetRequest.model_validate(LEAST).snippet() == least


@pytest.mark.parametrize(
    ("more", "said"),
    [
        pytest.param({"validation": {"outcome": "passed"}}, "Extra inputs", id="forged"),
        pytest.param({"expected": "1"}, "Extra inputs", id="misspelt"),
        pytest.param({"limits": {"memory_mib": 1 << 20}}, "Extra inputs", id="limits"),
        pytest.param({"code": None}, "valid string", id="no-code"),
        pytest.param({"code": MIB + "x"}, "at most 1048576 characters", id="code"),
        pytest.param({"stdin": MIB + "x"}, "at most 1048576 characters", id="stdin"),
        pytest.param({"expected_output": MIB + "x"}, "at most 1048576 characters", id="expected"),
        pytest.param({"files": {"a": MIB + "x"}}, "at most 1048576 characters", id="file"),
        pytest.param({"files": {"a" * 1025: ""}}, "at most 1024 characters", id="name"),
        pytest.param({"files": {str(n): "" for n in range(101)}}, "at most 100 items", id="files"),
        pytest.param({"language": "x" * 301}, "at most 300 characters", id="language"),
        pytest.param({"skill": "x" * 301}, "at most 300 characters", id="skill"),
        pytest.param({"id": "x" * 301}, "at most 300 characters", id="id"),
        pytest.param({"timeout_s": 0}, "greater than 0", id="no-time"),
        pytest.param({"timeout_s": 301}, "less than or equal to 300", id="much-time"),
        pytest.param({"timeout_s": float("nan")}, "finite number", id="nan"),
    ],
)
def test_what_is_too_much_or_unknown_is_refused_by_name(more: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said) as refused:
        SnippetRequest.model_validate({**LEAST, **more})
    assert refused.value.errors()[0]["loc"][0] == next(iter(more))


def test_the_largest_request_is_taken() -> None:
    assert SnippetRequest.model_validate({**LEAST, "code": MIB}).snippet().code == MIB

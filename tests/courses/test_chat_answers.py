"""Of a chat, the program is in the last answer of its assistant."""

from __future__ import annotations

import json

import pytest

from daytona_validate._courses.jsonl_records import RecordFields, snippet_of_record
from daytona_validate._models import Location, Snippet

FIRST = {"role": "assistant", "content": "```python\nprint(1)\n```"}
LAST = {"role": "assistant", "content": "Better:\n```python\nprint(2)\n```\nAs asked."}
ASKED = {"role": "user", "content": "Print two."}


def read(record: dict[str, object], fenced: str | None = None) -> Snippet:
    snippet = snippet_of_record(
        json.dumps(record).encode(),
        location=Location("chats.jsonl", 1),
        record_fields=RecordFields(),
        fenced=fenced,
    )
    assert snippet is not None
    return snippet


def test_the_last_answers_last_fence_is_the_program() -> None:
    snippet = read({"id": 7, "messages": [ASKED, FIRST, ASKED, LAST, ASKED]})
    assert (snippet.code, snippet.language, snippet.snippet_id) == ("print(2)\n", "python", "7")


def test_content_may_be_in_parts() -> None:
    parts = [{"type": "text", "text": "```python\nprint("}, {"type": "image"}, {"text": "3)\n```"}]
    assert read({"messages": [{"role": "assistant", "content": parts}]}).code == "print(3)\n"


def test_a_code_field_wins() -> None:
    assert read({"code": "x", "language": "python", "messages": [LAST]}).code == "x"


def test_another_fence_may_be_asked_for() -> None:
    both = {"role": "assistant", "content": "```python\na\n```\n```python\nb\n```"}
    assert read({"messages": [both]}, "first").code == "a\n"


@pytest.mark.parametrize(
    ("messages", "problem"),
    [
        ([], "no message of role `assistant`"),
        ([ASKED, 3], "no message of role `assistant`"),
        ([{"role": "assistant"}], "has no text"),
        ([{"role": "assistant", "content": [{"type": "image"}]}], "has no text"),
        ([{"role": "assistant", "content": "I cannot."}], "no fence has code"),
        ("text", "no code in a field `code`"),
    ],
)
def test_a_chat_without_a_program_says_so(messages: object, problem: str) -> None:
    assert problem in (read({"messages": messages}).unreadable or "")

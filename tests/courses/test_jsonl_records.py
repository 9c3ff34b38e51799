from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daytona_validate._courses.jsonl_records import RecordFields, snippet_of_record
from daytona_validate._models import Location, Snippet

HERE = Location("data.jsonl", 7)


def read(
    record: object, fields: RecordFields | None = None, default_language: str | None = None
) -> Snippet:
    line = record if isinstance(record, bytes) else json.dumps(record).encode()
    snippet = snippet_of_record(
        line,
        location=HERE,
        record_fields=fields or RecordFields(),
        default_language=default_language,
    )
    assert snippet is not None
    return snippet


def test_every_field_of_a_record_reaches_the_snippet() -> None:
    assert read(
        {
            "id": "a1",
            "language": "Python",
            "code": "x",
            "stdin": "in",
            "expected_output": "out",
            "compare": "tokens",
            "files": {"a/b.txt": "c"},
            "args": ["-v"],
            "timeout_s": 2,
            "skill": "Loops",
            "more": None,
        }
    ) == Snippet(
        code="x",
        language="Python",
        snippet_id="a1",
        stdin="in",
        expected_output="out",
        compare="tokens",
        files={"a/b.txt": "c"},
        args=("-v",),
        timeout_s=2.0,
        skill="Loops",
        location=HERE,
    )


def test_fields_that_are_null_are_as_good_as_absent() -> None:
    absent = Snippet(code="x", language="js", location=HERE)
    assert read({"code": "x", "language": "js", "stdin": None, "expected_output": None}) == absent


def test_a_number_is_an_id_too() -> None:
    assert read({"code": "x", "language": "js", "id": 12}).snippet_id == "12"


@pytest.mark.parametrize(
    ("path", "record"),
    [
        ("solution", {"solution": "x"}),
        ("answer.code", {"answer": {"code": "x"}}),
        ("answer.code", {"answer.code": "x", "answer": {"code": "y"}}),
        ("messages.1.content", {"messages": [{"content": "q"}, {"content": "x"}]}),
    ],
)
def test_other_names_and_dotted_paths_are_followed(path: str, record: dict[str, object]) -> None:
    fields = RecordFields(code=path)
    assert read(record, fields, default_language="python").code == "x"


@pytest.mark.parametrize("answer", ["x", 7, None, ["x"], {"text": "x"}])
def test_a_path_that_ends_before_its_last_name_finds_nothing(answer: object) -> None:
    snippet = read({"answer": answer}, RecordFields(code="answer.code"), default_language="js")
    assert snippet.unreadable is not None
    assert "no code in a field `answer.code`; it has `answer`" in snippet.unreadable


def test_a_records_own_way_to_compare_wins_over_the_default() -> None:
    for own, used in ((None, "float"), ("exact", "exact")):
        line = json.dumps({"code": "x", "language": "js", "compare": own}).encode()
        snippet = snippet_of_record(
            line, location=HERE, record_fields=RecordFields(), compare="float"
        )
        assert snippet is not None
        assert snippet.compare == used


ANSWER = "So:\n```python\nprint(1)\n```\nor\n```js\nlog(1)\n```\n"


@pytest.mark.parametrize(
    ("record", "default", "code", "language"),
    [
        ({"language": "py"}, None, "print(1)\n", "py"),
        ({"language": "py"}, "javascript", "print(1)\n", "py"),
        ({}, "javascript", "log(1)\n", "javascript"),
        ({}, None, "log(1)\n", "javascript"),
    ],
)
def test_the_fence_of_a_records_language_is_its_program(
    record: dict[str, str], default: str | None, code: str, language: str
) -> None:
    line = json.dumps({"code": ANSWER, **record}).encode()
    fields = RecordFields()
    snippet = snippet_of_record(
        line, location=HERE, record_fields=fields, default_language=default, fenced="last"
    )
    assert snippet == Snippet(code=code, language=language, location=HERE)


@pytest.mark.parametrize(
    ("record", "problem"),
    [
        ({"code": "print(1)", "language": "py"}, "field `code`: no fence has code in it"),
        ({"code": "```\nx\n```"}, "no field `language`, and no default language"),
        ({"language": "py"}, "no code in a field `code`"),
        ({"code": 5, "language": "py"}, "field `code` must be text"),
    ],
)
def test_a_record_without_a_fence_is_unreadable(record: object, problem: str) -> None:
    """One verdict for each record, and none for a refusal that happens to be a program."""
    snippet = snippet_of_record(
        json.dumps(record).encode(), location=HERE, record_fields=RecordFields(), fenced="first"
    )
    assert snippet is not None
    assert problem in (snippet.unreadable or "")


def test_a_records_own_language_wins_over_the_default() -> None:
    assert read({"code": "x", "language": "js"}, default_language="python").language == "js"


@pytest.mark.parametrize(
    ("record", "telling"),
    [
        pytest.param(b"{'code': 1}", "not JSON: Expecting property name", id="no JSON"),
        pytest.param(b'{"code": "a', "at column", id="cut short"),
        pytest.param(b'{"code": "\xff"}', "not UTF-8 at byte 11", id="not UTF-8"),
        pytest.param(b"[" * 100_000, "nesting", id="nested too deep"),
        pytest.param(b'{"n": ' + b"9" * 5000 + b"}", "number", id="a number too long"),
        pytest.param([1], "not a JSON object", id="a list"),
        pytest.param({"language": "js"}, "no code in a field `code`; it has `language`", id="none"),
        pytest.param({"code": "x"}, "no field `language`", id="no language"),
        pytest.param({"code": 5, "language": "js"}, "field `code` must be text", id="code: int"),
        pytest.param({"code": "x", "language": 5}, "field `language` must be", id="language: int"),
        pytest.param({"code": "\ud800", "language": "js"}, "half a surrogate", id="surrogate"),
        pytest.param({"code": "x", "language": "js", "id": True}, "`id`", id="id: bool"),
        pytest.param({"code": "x", "language": "js", "files": ["a"]}, "`files`", id="files: list"),
        pytest.param({"code": "x", "language": "js", "files": {"a": 1}}, "`files`", id="file: int"),
        pytest.param({"code": "x", "language": "js", "args": "-v"}, "`args`", id="args: text"),
        pytest.param({"code": "x", "language": "js", "timeout_s": "5"}, "`timeout_s`", id="time"),
        pytest.param(
            {"code": "x", "language": "js", "timeout_s": 10**400}, "`timeout_s`", id="time: huge"
        ),
    ],
)
def test_what_is_wrong_with_a_record_is_said_in_its_place(record: object, telling: str) -> None:
    snippet = read(record)
    assert snippet.unreadable is not None
    assert telling in snippet.unreadable
    assert snippet.location == HERE


def test_an_unreadable_record_keeps_what_names_it() -> None:
    snippet = read({"id": "a1", "language": "js", "skill": "Loops"})
    assert (snippet.snippet_id, snippet.language, snippet.skill) == ("a1", "js", "Loops")


@pytest.mark.parametrize("line", [b"", b"\n", b" \t\r\n"])
def test_a_blank_line_is_no_record(line: bytes) -> None:
    assert snippet_of_record(line, location=HERE, record_fields=RecordFields()) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(["code", "language", "id", "stdin", "files", "args", "timeout_s", "skill"])


@settings(max_examples=50)
@given(st.binary() | st.dictionaries(NAMES, JSON).map(lambda each: json.dumps(each).encode()))
def test_no_line_that_is_not_blank_is_ever_lost(line: bytes) -> None:
    snippet = snippet_of_record(line, location=HERE, record_fields=RecordFields())
    assert (snippet is None) == (not line.strip())
    if snippet:
        assert snippet.location == HERE
        assert "\n" not in (snippet.unreadable or "")


@given(
    st.fixed_dictionaries(
        {"code": st.text(), "language": st.text(), "stdin": st.text()},
        optional={"expected_output": st.text(), "id": st.text(), "args": st.lists(st.text())},
    )
)
def test_a_right_record_comes_back_as_it_is(record: dict[str, object]) -> None:
    snippet = read(record)
    assert snippet.unreadable is None
    assert (snippet.code, snippet.language) == (record["code"], record["language"])
    assert snippet.expected_output == record.get("expected_output")

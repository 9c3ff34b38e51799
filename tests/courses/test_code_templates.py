"""A template joins fields to a program; it names fields and can do nothing else."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._courses.code_template import (
    BrokenTemplate,
    NotFilled,
    code_template,
)
from daytona_validate._courses.jsonl_records import RecordFields, snippet_of_record
from daytona_validate._models import Location, Snippet

HERE = Location("data.jsonl", 7)


def read(template: str, record: dict[str, object], fenced: str | None = None) -> Snippet:
    snippet = snippet_of_record(
        json.dumps(record).encode(),
        location=HERE,
        record_fields=RecordFields(),
        default_language="python",
        template=code_template(template),
        fenced=fenced,
    )
    assert snippet is not None
    return snippet


@pytest.mark.parametrize(
    ("template", "code"),
    [
        ("{a}{b}", "onetwo"),
        (r"{a}\n{b}\t\\n", "one\ntwo\t\\n"),
        ("{{{a}}}", "{one}"),
        ("{c.d}", "deep"),
        ("{tests}", "assert 1\nassert 2"),
        ("x\\{a}", "x\\one"),
    ],
)
def test_fields_take_their_places(template: str, code: str) -> None:
    record: dict[str, object] = {"a": "one", "b": "two", "c": {"d": "deep"}}
    record["tests"] = ["assert 1", "assert 2"]
    assert read(template, record).code == code


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        ("code", "no field, such as"),
        ("{a", "a lone { at 1; write {{ for it"),
        ("{a}}", "a lone } at 4"),
        ("{}", "{} is no field"),
        ("{a!r}", "is no field"),
        ("{a:>99999999}", "is no field"),
        ("{a[0]}", "is no field"),
    ],
)
def test_what_is_no_plain_field_is_refused(template: str, problem: str) -> None:
    with pytest.raises(BrokenTemplate, match=problem.replace("{", r"\{").replace("[", r"\[")):
        code_template(template)


def test_an_attribute_is_only_a_name_in_a_record() -> None:
    problem = read("{a.__class__}", {"a": "one"}).unreadable or ""
    assert "the template: no field `a.__class__`" in problem


@pytest.mark.parametrize(
    ("record", "problem"),
    [({}, "no field `a`"), ({"a": 3}, "must be text"), ({"a": [1]}, "must be text")],
)
def test_a_record_without_a_field_is_unreadable_and_says_which(
    record: dict[str, object], problem: str
) -> None:
    assert problem in (read("{a}", record).unreadable or "")


def test_half_a_surrogate_pair_is_told() -> None:
    assert "surrogate" in (read("{a}", {"a": "\ud800"}).unreadable or "")


def test_of_a_fenced_code_field_the_program_is_joined() -> None:
    answer = "Here:\n```python\ndef f(): return 1\n```\nDone."
    record: dict[str, object] = {"code": answer, "test": "assert f() == 1"}
    assert read(r"{code}\n{test}", record, "last").code == "def f(): return 1\n\nassert f() == 1"


@given(st.text())
def test_any_text_is_a_template_or_refused(text: str) -> None:
    try:
        template = code_template(text)
    except BrokenTemplate:
        return
    assert template.filled(lambda _: "") is not None
    with pytest.raises(NotFilled):
        template.filled(lambda _: None)

"""Every field of a snippet with values of wrong types: refused by name, the caller's fault."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from daytona_validate._core.field_types import FIELD_TYPES, type_problems
from daytona_validate._core.intake import Job
from daytona_validate._core.results import RunContext, refused
from daytona_validate._models import Fault, Outcome, Snippet
from for_each import for_each

from .intakes import refused as refusal_of
from .intakes import taken

FIELDS = [each.name for each in fields(Snippet)]


class Stranger:
    """A value of no type that any field has; nothing may be asked of it."""

    def __str__(self) -> str:
        raise AssertionError

    __repr__ = __str__


def with_field(**values: Any) -> Snippet:
    return replace(Snippet(code="print(1)", language="python"), **values)


def test_each_field_has_its_types() -> None:
    assert list(FIELD_TYPES) == FIELDS


@for_each("name", FIELDS)
def test_a_wrong_type_is_refused_by_the_name_of_its_field(name: str) -> None:
    refusal = refusal_of(with_field(**{name: Stranger()}))
    assert refusal.outcome is Outcome.INVALID_SNIPPET
    assert refusal.details.startswith(f"Invalid snippet: {name} must be ")
    assert refusal.details.endswith(", not Stranger")


@for_each("name", FIELDS)
def test_the_result_of_a_wrong_type_can_be_written(name: str) -> None:
    snippet = with_field(**{name: Stranger()})
    run = RunContext(snippet=snippet, language="", provider="fake")
    result = refused(refusal_of(snippet), run)
    assert result.fault is Fault.SNIPPET
    assert json.loads(result.to_json())["details"] == result.details


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"code": None}, "code must be str, not NoneType"),
        ({"earlier": ("x", 5)}, "earlier[1] must be str, not int"),
        ({"language": 5}, "language must be str, not int"),
        ({"stdin": b"x"}, "stdin must be str, not bytes"),
        ({"expected_output": b"1"}, "expected_output must be str or None, not bytes"),
        ({"compare": 5}, "compare must be str or None, not int"),
        ({"timeout_s": "30"}, "timeout_s must be float or int or None, not str"),
        ({"limits": {"timeout_s": 1}}, "limits must be Limits or None, not dict"),
        ({"location": "a.md:3"}, "location must be Location or None, not str"),
        ({"source": "x"}, "source must be bytes or None, not str"),
        ({"run_tests": 1}, "run_tests must be bool, not int"),
        ({"args": "-x"}, "args must be tuple or list, not str"),
        ({"args": [1]}, "args[0] must be str, not int"),
        ({"files": ["a"]}, "files must be Mapping, not list"),
        ({"files": {"a": 1}}, "files['a'] must be str or bytes, not int"),
        ({"files": {Path("a"): ""}}, "each name in files must be str, not PosixPath"),
    ],
    ids=str,
)
def test_the_sentence_has_the_type_it_has_and_should_have(
    values: dict[str, Any], problem: str
) -> None:
    assert refusal_of(with_field(**values)).details == f"Invalid snippet: {problem}"


def test_arguments_may_be_a_list() -> None:
    assert isinstance(taken(with_field(args=["a"])), Job)


def test_several_fields_of_wrong_types_are_all_told() -> None:
    assert len(list(type_problems(with_field(args=5, earlier=5, files=5, stdin=5)))) == 4

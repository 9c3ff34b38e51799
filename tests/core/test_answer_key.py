"""The key of a cached result: whatever can change the verdict changes it."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from daytona_validate import Limits, Location, Snippet
from daytona_validate._core.answer_key import answer_key
from daytona_validate._core.intake import Job, intake
from for_each import for_each

SNIPPET = Snippet(code="print(1)", language="python", files={"b.txt": "b", "a.txt": "a"})
OTHER: dict[str, Any] = {
    "code": "print(2)",
    "language": "javascript",
    "stdin": "1\n",
    "files": {"b.txt": "b", "a.txt": b"a"},
    "args": ("-v",),
    "expected_output": "1",
    "compare": "exact",
    "timeout_s": 29.0,
    "limits": Limits(memory_mib=511),
    "run_tests": True,
    "until_listening": True,
    "is_block": True,
    "source": b"print(1)\r\n",
    "earlier": ("x = 1",),
    "check_only": True,
    "should_fail": "ValueError",
    "must_reach_end": True,
}
"""Another value of each field that a run depends on."""
REFUSED = {"skip", "not_runnable", "unreadable"}
"""With any of them nothing runs."""
COMES_BACK: dict[str, Any] = {
    "skill": "Python",
    "snippet_id": "x",
    "location": Location("lesson.md", 3),
}


def job(snippet: Snippet, **values: Any) -> Job:
    settings: dict[str, Any] = {
        "limits": Limits(),
        "timeouts_s": {},
        "packages": {},
        "max_code_bytes": 1000,
    }
    found = intake(snippet, **{**settings, **values})
    assert isinstance(found, Job)
    return found


def key(snippet: Snippet = SNIPPET, *, environment: str = "here", **values: Any) -> bytes:
    return answer_key(job(snippet, **values), environment=environment)


@for_each("field", sorted(OTHER))
def test_each_field_that_a_run_depends_on_counts(field: str) -> None:
    assert key(replace(SNIPPET, **{field: OTHER[field]})) != key()


@pytest.mark.parametrize("field", sorted(COMES_BACK))
def test_what_only_comes_back_does_not_count(field: str) -> None:
    assert key(replace(SNIPPET, **{field: COMES_BACK[field]})) == key()


def test_no_field_is_forgotten() -> None:
    assert {each.name for each in fields(Snippet)} == {*OTHER, *COMES_BACK, *REFUSED}


@pytest.mark.parametrize("field", sorted(each.name for each in fields(Limits)))
def test_each_limit_of_the_validator_counts(field: str) -> None:
    assert key(limits=replace(Limits(), **{field: getattr(Limits(), field) + 1})) != key()


@pytest.mark.parametrize(
    ("values", "counts"),
    [
        ({"timeouts_s": {"python": 9.0}}, True),
        ({"packages": {"python": ("numpy",)}}, True),
        ({"environment": "there"}, True),
        ({"timeouts_s": {"java": 9.0}}, False),
        ({"packages": {"typescript": ("zod",)}}, False),
        ({"max_code_bytes": 999}, False),
    ],
    ids=[
        "the language's time limit",
        "its packages",
        "the environment",
        "another language's time limit",
        "its packages, too",
        "how much code is taken",
    ],
)
def test_what_is_said_beside_the_snippet_counts(values: dict[str, Any], *, counts: bool) -> None:
    assert (key(**values) != key()) is counts


def test_parts_do_not_run_into_each_other() -> None:
    one = replace(SNIPPET, args=("a", "b"), files={})
    other = replace(SNIPPET, args=("a', 'b",), files={})
    assert key(one) != key(other)
    assert key(replace(SNIPPET, earlier=("a\nb",))) != key(replace(SNIPPET, earlier=("a", "b")))


def test_the_order_of_files_does_not_count() -> None:
    assert key(replace(SNIPPET, files={"a.txt": "a", "b.txt": "b"})) == key()


def test_nothing_of_a_snippet_or_its_environment_can_be_read_in_a_key() -> None:
    found = key(replace(SNIPPET, stdin="secret"), environment="secret")
    assert len(found) == 32
    assert b"secret" not in found

"""The hash of all that a verdict is asked of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from daytona_validate import Location, Snippet
from daytona_validate._core.shown_output import ShownLine, ShownOutput
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._courses.input_fingerprint import input_fingerprint
from for_each import for_each

PLAIN = CourseSnippet(snippet=Snippet(code="print(input())\n", language="python"))


def given(**fields: Any) -> str:
    return input_fingerprint(replace(PLAIN, snippet=replace(PLAIN.snippet, **fields)))


@for_each(
    "fields",
    [
        {"code": "print(1)\n"},
        {"language": "javascript"},
        {"stdin": "1"},
        {"args": ("1",)},
        {"files": {"a": "1"}},
        {"expected_output": "1"},
        {"compare": "exact"},
        {"source": b"print(1)\xff"},
        {"run_tests": True},
        {"until_listening": True},
        {"must_reach_end": True},
        {"check_only": True},
        {"should_fail": ""},
        {"skip": "no"},
        {"not_runnable": "no"},
        {"unreadable": "no"},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_all_that_decides_a_verdict_counts(fields: dict[str, Any]) -> None:
    assert given(**fields) != input_fingerprint(PLAIN)


def test_what_its_page_shows_and_what_was_put_around_it_count() -> None:
    shown = ShownOutput(lines=(ShownLine(1, "1", is_ordered=True),))
    other = replace(PLAIN, code="x", snippet=Snippet(code="x\n1\n", language="python"))
    changed = replace(other, snippet=Snippet(code="x\n2\n", language="python"))
    hashes = {input_fingerprint(each) for each in (replace(PLAIN, shown=shown), other, changed)}
    assert len(hashes | {input_fingerprint(PLAIN)}) == 4


@pytest.mark.parametrize(
    "fields",
    [
        {"location": Location("a.md", 7)},
        {"snippet_id": "x"},
        {"skill": "x"},
        {"timeout_s": 5.0},
        {"language": "py"},
        {"code": "print(input())  \n\n"},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_its_place_its_time_and_white_space_at_ends_do_not(fields: dict[str, Any]) -> None:
    assert given(**fields) == input_fingerprint(PLAIN)


def test_the_line_at_which_an_output_is_shown_does_not_count() -> None:
    moved = (replace(PLAIN, shown=ShownOutput(whole="1", whole_line=line)) for line in (3, 4))
    assert len(set(map(input_fingerprint, moved))) == 1


def test_the_order_of_files_does_not_count() -> None:
    assert given(files={"a": "1", "b": "2"}) == given(files={"b": "2", "a": "1"})

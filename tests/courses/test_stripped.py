"""Marks for a page's builder are taken out of its code, and lines keep their numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._courses.stripped import stripped

MARKS = ("*!*", "*/!*")


@pytest.mark.parametrize(
    ("code", "rest"),
    [
        ("a\n*!*\nb\n*/!*\nc\n", "a\n\nb\n\nc\n"),
        ("  *!*  \r\nb", "\r\nb"),
        ("  *!*let a*/!*;\n", "  let a;\n"),
        ("*!**/!*", ""),
        ("x * !y\n", "x * !y\n"),
    ],
)
def test_marks_are_taken_out(code: str, rest: str) -> None:
    assert stripped(code, MARKS) == rest


def test_without_marks_nothing_is_changed() -> None:
    assert stripped("*!*", ()) == stripped("*!*", [""]) == "*!*"


@given(st.lists(st.text("*!/ ab"), max_size=6), st.sampled_from(["\n", "\r\n"]))
def test_lines_keep_their_numbers(lines: list[str], end: str) -> None:
    code = end.join(lines)
    assert stripped(code, MARKS).count(end) == code.count(end)

"""The first difference between what was printed and what was to be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._core.compare_output import difference

LINES = st.lists(st.sampled_from(["a", "b", " a", ""]), max_size=40).map("\n".join)


@pytest.mark.parametrize(
    ("output", "expected", "cause"),
    [
        ("a", "b", "line 1 of the output is 'a', expected 'b'"),
        ("", "b", "line 1 of the output is '', expected 'b'"),
        ("b", "", "line 1 of the output is 'b', expected ''"),
        ("a\n", "a\nb", "the output ends before line 2, expected 'b'"),
        ("a\nb", "a", "line 2 of the output is 'b', expected its end"),
        ("a\n\n\nb", "a", "line 2 of the output is '', expected its end"),
        ("\x1b[0m", "b", "line 1 of the output is '\\x1b[0m', expected 'b'"),
        ("x" * 100, "b", f"line 1 of the output is '{'x' * 79}…', expected 'b'"),
    ],
)
def test_the_cause_names_the_first_difference(output: str, expected: str, cause: str) -> None:
    found = difference(output, expected)
    assert found is not None
    assert found.cause == cause


def test_the_diff_is_a_window_around_the_first_difference() -> None:
    printed = [str(n) for n in range(100)]
    wanted = [*printed[:50], "fifty", *printed[51:]]
    found = difference("\n".join(printed), "\n".join(wanted))
    assert found is not None
    lines = found.diff.splitlines()
    assert lines[:8] == [
        "--- expected",
        "+++ output",
        "@@ from line 48 @@",
        " 47",
        " 48",
        " 49",
        "-fifty",
        "+50",
    ]
    assert lines[-1] == "…"
    assert len(lines) == 3 + 3 + 13 + 1


def test_long_lines_are_cut_in_the_diff() -> None:
    found = difference("x" * 1000, "y")
    assert found is not None
    assert f"+{'x' * 199}…\n" in found.diff


@given(LINES, LINES)
def test_there_is_a_difference_just_where_the_texts_differ(output: str, expected: str) -> None:
    def lines(text: str) -> list[str]:
        return [line.rstrip() for line in text.rstrip().split("\n")]

    found = difference(output, expected)
    assert (found is None) is (lines(output) == lines(expected))
    if found is not None:
        assert found.diff.endswith("\n")
        assert len(found.diff.splitlines()) > 3

"""The failing line, its neighbours, and what is underlined."""

from __future__ import annotations

from typing import Any

import pytest

from daytona_validate._models import Missing, MissingKind
from daytona_validate._reports.code_frame import code_frame, frame_lines
from growth import assert_linear
from made_results import made_reported

CODE = "import math\n\ndef area(r):\n    return math.pi * radius ** 2\n\nprint(area(2))\n"


def frame(code: str = CODE, error_line: int = 4, name: str = "", **values: Any) -> list[str]:
    missing = Missing(MissingKind.NAME, name) if name else None
    values = {"code_line": 98, **values}
    row = made_reported(code=code, error_line=error_line, missing=missing, **values)
    return [f"{gutter} {text}".rstrip() for gutter, text, _ in code_frame(row)]


def test_lines_have_the_numbers_of_their_file_and_the_name_is_underlined() -> None:
    assert frame(name="radius") == [
        "100 | def area(r):",
        "101 |     return math.pi * radius ** 2",
        "    |                      ^^^^^^",
    ]


def test_without_a_name_the_line_is_underlined_but_for_its_indentation() -> None:
    assert frame(name="area_of")[2] == f"    |     {'^' * 28}"
    assert frame(code="x1\n", error_line=1, name="x") == ["98 | x1", "   | ^^"]


def test_numbers_are_aligned_where_they_grow() -> None:
    assert [line[:4] for line in frame(error_line=2)] == [" 98 ", " 99 ", "100 "]


def test_code_without_lines_of_a_file_is_numbered_by_itself() -> None:
    assert frame(code="a\nb\n", error_line=2, code_line=None) == ["1 | a", "2 | b", "  | ^"]


@pytest.mark.parametrize("error_line", [0, -1, 7, None])
def test_a_line_that_is_not_there_has_no_frame(error_line: int | None) -> None:
    assert code_frame(made_reported(code=CODE, error_line=error_line)) == []
    assert code_frame(made_reported(code="", error_line=1)) == []


def test_an_empty_line_is_not_underlined_and_as_a_neighbour_left_out() -> None:
    assert len(frame(error_line=3)) == len(["def", "^^^", "return"])
    assert frame(error_line=2) == [" 98 | import math", " 99 |", "100 | def area(r):"]


def test_only_a_newline_ends_a_line() -> None:
    row = made_reported(code="a\u2028b\r\nc\x0cd\ne", error_line=2)
    assert [line.text for line in frame_lines(row)] == ["a\u2028b", "c\x0cd", "e"]


def test_wide_and_combining_characters_and_tabs_are_measured_as_terminals_do() -> None:
    assert frame(code="\t日本 = e\u0301 + x\n", error_line=1, name="x") == [
        "98 |     日本 = e\u0301 + x",
        "   |                ^",
    ]


def test_a_long_line_is_shown_from_near_its_name() -> None:
    shown, caret = frame(code=f"{'a' * 500} + name + {'b' * 500}\n", error_line=1, name="name")
    assert max(len(shown), len(caret)) < 110
    assert shown.startswith("98 | …")
    assert shown.endswith("…")
    assert shown[caret.index("^") : caret.rindex("^") + 1] == "name"
    shown, caret = frame(code="c" * 500, error_line=1)
    assert (len(shown), len(caret)) == (102, 101)


def test_nothing_in_it_steers_a_terminal(evil: str) -> None:
    for line in frame(code=f"{evil}\n{evil}\n", error_line=1, name=evil):
        line.encode()
        assert line.isprintable()


def test_the_work_grows_no_faster_than_the_code() -> None:
    def framed(text: str) -> object:
        return code_frame(made_reported(code=text, error_line=1))

    assert_linear(framed, "\t", end="x")
    assert_linear(framed, "x ")
    assert_linear(framed, "\n")

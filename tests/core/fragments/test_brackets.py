"""Brackets of code, and what they part: statements, parameters."""

from __future__ import annotations

from daytona_validate._core.fragments.brackets import is_balanced, outermost, parts, statements


def test_commas_part_outside_of_brackets_and_the_sign_of_an_arrow_is_none() -> None:
    assert list(parts("f: (a) => void, b: Map<c, d>, e")) == [
        "f: (a) => void",
        " b: Map<c, d>",
        " e",
    ]
    assert list(parts("")) == []


def test_a_statement_goes_on_in_brackets_and_where_the_next_line_begins_with_a_link() -> None:
    assert list(statements("a(\n1)\n.b()\n\nc\n{\n}\n")) == ["a(\n1)\n.b()", "c", "{\n}"]


def test_what_stands_in_brackets_is_blank_and_lines_stay() -> None:
    assert outermost("f(a,\n[b]) {") == "f(  \n   ) {"
    assert [is_balanced(each) for each in ("([]{})", "(]", ")", "(")] == [True, False, False, False]

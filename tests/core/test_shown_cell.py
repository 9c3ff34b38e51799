"""What a notebook has stored of a cell, and what the cell printed: where they differ."""

from __future__ import annotations

import pytest

from daytona_validate._core.shown_cell import ShownCell, cell_difference
from growth import assert_linear

ARRAY = "array([[ {}, 0.],\n       [1., {}]])"


def said(printed: str, shown: ShownCell) -> str | None:
    return cell_difference(shown, printed.rstrip().split("\n"))


def of_value(text: str) -> ShownCell:
    return ShownCell(text=f"{text}\n", value=text)


@pytest.mark.parametrize(
    ("printed", "stored"),
    [
        ("[array([1,\n       2]), 3]", "[array([1,\n        2]),\n 3]"),
        ("np.float64(0.5)", "0.5"),
        ("np.True_", "True"),
        ("(np.int64(3), np.str_('a'))", "(3, 'a')"),
        ("array([[0, ..., 1]], shape=(9, 9))", "array([[0, ..., 1]])"),
        (ARRAY.format("1e-17", "3."), ARRAY.format("-0.", "3.00000001")),
        ("array([ 6.6e-15, 2e-16])", "array([-8.9e-15, 3e-14])"),
        ("array([2e5, 0.031])", "array([2e5, 0.032])"),
    ],
)
def test_values_are_the_same_however_they_are_written(printed: str, stored: str) -> None:
    assert said(printed, of_value(stored)) is None


@pytest.mark.parametrize(
    ("printed", "stored"),
    [
        ("[1, 2]", "[1, 3]"),
        ("np.float64(0.5)", "0.6"),
        ("array([1, 2])", "array([1, 3])"),
        ("array([1., 2.])", "array([1., 2.001])"),
        ("array([2e5, 0.5])", "array([2e5, 0.6])"),
        ("array([1., 2.])", "array([1., 2., 3.])"),
        ("array([1])", "array([1.])"),
        ("[1.001]", "[1.0010001, 1]"),
        ("'a'", "'b'"),
        ("", "1"),
        ("1\n2", "1"),
    ],
)
def test_other_values_are_not(printed: str, stored: str) -> None:
    assert said(printed, of_value(stored)) is not None


def test_a_value_that_is_gone_is_told() -> None:
    shown = ShownCell(text="1\n2\n", value="2")
    told = "the notebook has stored the value '2', and the cell ends without it"
    assert said("1\n", shown) == told
    assert said("1\n", ShownCell(text="1\n2\n")) is None


def test_of_a_value_that_is_too_long_to_compare_only_its_lines_count() -> None:
    long = "1" * 3000
    assert said(f"{long}\n2\n", ShownCell(text=f"{long}\n2\n3\n", value="3")) is None


def test_beside_a_picture_only_what_was_printed_counts() -> None:
    shown = ShownCell(text="1\n", printed="1\n")
    assert said("0\n1\n<table>", shown) is None
    assert said("0", shown) == "'1', which the notebook has stored, is not in the output"


def test_messages_of_errors_may_have_other_words_as_often_as_they_are_printed() -> None:
    shown = ShownCell(text="too many\n3\n", messages=1)
    assert said("too much\n3\n", shown) is None
    assert said("too much\n4\n", shown) is not None
    assert said("2\ntoo much\n", ShownCell(text="2\ntoo many\n", messages=1)) is None


@pytest.mark.parametrize("piece", ["1", "1.", "1, ", "array([", "np.float64(", "\n", "e-1", "]"])
def test_hostile_values_cost_their_length(piece: str) -> None:
    assert_linear(lambda text: said(f"{text}x", of_value(f"array(['{text}")), piece)


def test_a_part_of_what_is_stored_is_enough_where_it_ends_in_the_value() -> None:
    parted = f"[{', '.join('0' * 40)}]".replace("0, ", "0,\n ")
    shown = ShownCell(text=f"1\n{parted}\n", value=parted)
    assert said(str([0] * 40), shown) is None
    assert said(str([0] * 39 + [1]), shown) is not None

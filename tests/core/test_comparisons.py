"""What each way of comparing takes for the same, and what it says of what is not."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._core.compare_output import Difference, difference
from daytona_validate._core.comparison import comparison
from for_each import for_each
from growth import assert_linear

WAYS = ("exact", "lines", "tokens", "float=0", "float")
"""From the strictest to the most generous."""
TEXTS = st.text(alphabet="ab1.0 \n\t\r", max_size=30)
FINITE = st.floats(allow_nan=False, allow_infinity=False)


def compared(way: str | None, output: str, expected: str) -> Difference | None:
    how = comparison(way)
    assert how is not None
    return difference(output, expected, how)


def is_same(way: str, output: str, expected: str) -> bool:
    return compared(way, output, expected) is None


@for_each(
    ("output", "expected", "most_strict"),
    [
        ("a\nb\n", "a\nb\n", "exact"),
        ("a\nb", "a\nb\n", "lines"),
        ("a  \nb\n\n\n", "a\nb", "lines"),
        ("a\r\nb\r\n", "a\nb\n", "lines"),
        ("  a", "a", "tokens"),
        ("a\n\nb", "a b", "tokens"),
        ("", "\n \n", "lines"),
        ("1.0", "1.00", "float=0"),
        ("1e3 +5 .5 5.", "1000 5 0.5 5.0", "float=0"),
        ("-0.0", "0", "float=0"),
        ("NaN -nan", "nan NAN", "float=0"),
        ("Infinity -inf", "inf -Infinity", "float=0"),
        ("[0.333333, 2]", "[0.333333333333, 2.0]", "float"),
        ("x=0.5;", "x=0.50000001;", "float"),
        ("1000000000001", "1000000000000", "float"),
        ("0.0000001", "-0.0000001", "float"),
        ("1" * 500, "1" * 499 + "2", "float"),
        ("1e999", "1.0000001e999", "float"),
        ("1e-999999999", "0", "float"),
    ],
)
def test_what_is_the_same_to_one_is_the_same_to_all_more_generous_ones(
    output: str, expected: str, most_strict: str
) -> None:
    generous = WAYS.index(most_strict)
    assert [is_same(way, output, expected) for way in WAYS] == [
        n >= generous for n in range(len(WAYS))
    ]


@for_each(
    ("output", "expected"),
    [
        ("0.333", "0.333333"),
        ("1e999", "1e998"),
        ("1e999", "inf"),
        ("1e9999999999", "1e9999999998"),
        ("inf", "-inf"),
        ("inf", "1"),
        ("1", "inf"),
        ("nan", "0"),
        ("0", "nan"),
        ("1_0", "10"),
        ("٣", "3"),  # a digit in another script
        ("0x10", "16"),
        ("1", "1 2"),
        ("1 2", "1"),
        ("[1, 2]", "[1, 2, 3]"),
        ("[1,2]", "[1, 2]"),
        ("v1", "v1.0"),
        ("1.2.3", "1.2.30"),
        ("", "0"),
        ("--1", "1"),
        ("1e", "1"),
    ],
)
def test_what_is_not_the_same_to_any(output: str, expected: str) -> None:
    assert not any(is_same(way, output, expected) for way in WAYS)


@pytest.mark.parametrize(
    ("way", "output", "expected", "cause"),
    [
        ("exact", "a \nb", "a\nb", r"line 1 of the output is 'a \n', expected 'a\n'"),
        ("exact", "a", "a\n", r"line 1 of the output is 'a', expected 'a\n'"),
        ("exact", "a\t", "a", r"line 1 of the output is 'a\t', expected 'a'"),
        ("exact", "\x1b\u202e", "a", r"line 1 of the output is '\x1b\u202e', expected 'a'"),
        ("exact", "a\n", "a\nb", "the output ends before line 2, expected 'b'"),
        ("tokens", "1 2\n3", "1 2 4", "token 3 of the output is '3', expected '4'"),
        ("tokens", "", "x", "the output ends before token 1, expected 'x'"),
        ("tokens", "x", "", "token 1 of the output is 'x', expected its end"),
        ("float", "1.5", "1.6", "token 1 of the output is '1.5', expected '1.6'"),
    ],
)
def test_the_cause_says_what_was_compared_and_how(
    way: str, output: str, expected: str, cause: str
) -> None:
    how = {
        "exact": "compared exactly",
        "tokens": "compared by tokens",
        "float": "numbers within 1e-6",
    }
    found = compared(way, output, expected)
    assert found is not None
    assert found.cause == f"{cause} ({how[way]})"


def test_long_parts_are_shown_from_where_they_differ() -> None:
    start = "x" * 100_000
    for way in (None, "exact", "tokens"):
        found = compared(way, f"{start}1", f"{start}2")
        assert found is not None
        assert f"…{'x' * 20}1'" in found.cause
        assert f"…{'x' * 20}2'" in found.cause
        changed = [line for line in found.diff.splitlines()[3:] if line[0] in "+-"]
        assert len(changed) == 2


def test_a_diff_shows_the_white_space_that_was_compared() -> None:
    found = compared("exact", "one\ntwo \n", "one\ntwo\n")
    assert found is not None
    assert found.diff == (
        "--- expected\n+++ output\n@@ from line 1 @@\n 'one\\n'\n-'two\\n'\n+'two \\n'\n"
    )
    found = compared("tokens", "1 2 3", "1 2 4")
    assert found is not None
    assert found.diff == "--- expected\n+++ output\n@@ from token 1 @@\n 1\n 2\n-4\n+3\n"


@for_each(
    "text",
    [
        "", "Exact", "lines=1", "tokens=", "float=", "float=-1", "float=nan", "float=inf",
        "float=1", "float=1e", "float=1_0", "float= 1e-6", "float=1e-6 ", "float=" + "0" * 50,
        "words", 5, True, [],
    ],
)  # fmt: skip
def test_what_names_no_way_is_none(text: object) -> None:
    assert comparison(text) is None


@given(TEXTS, TEXTS)
def test_a_stricter_way_takes_nothing_that_a_more_generous_one_refuses(a: str, b: str) -> None:
    taken = [is_same(way, a, b) for way in WAYS]
    assert taken == sorted(taken)


@given(TEXTS)
def test_every_text_is_the_same_as_itself(text: str) -> None:
    assert all(is_same(way, text, text) for way in WAYS)


@given(st.lists(st.sampled_from(["a", "1.5", "[2,"]), max_size=8), st.data())
def test_white_space_between_tokens_is_of_no_account(words: list[str], data: st.DataObject) -> None:
    spaces = st.text(alphabet=" \t\n\r\u00a0", min_size=1, max_size=3)
    texts = ["".join(f"{data.draw(spaces)}{word}" for word in words) for _ in range(2)]
    assert is_same("tokens", *texts)
    assert is_same("float", *texts)


@pytest.mark.parametrize(
    ("output", "is_near"),
    [
        ("0.26 10.1", True),  # so far apart, and so great a part of the expected one
        ("0.2601 10.1", False),
        ("0.26 10.1001", False),
    ],
)
def test_what_is_apart_by_the_whole_tolerance_is_near(output: str, is_near: bool) -> None:
    assert is_same("float=0.01", output, "0.25 10") is is_near


@given(FINITE, FINITE, st.sampled_from([1e-3, 1e-6, 1e-9]))
def test_numbers_are_near_as_mathematics_has_it(a: float, b: float, tolerance: float) -> None:
    apart, bound = abs(a - b), max(tolerance, tolerance * abs(b))
    near = is_same(f"float={tolerance:g}", repr(a), repr(b))
    if math.isfinite(apart) and not math.isclose(apart, bound, rel_tol=1e-9):
        assert near == (apart < bound)


@given(FINITE, st.integers(6, 17))
def test_a_number_is_near_to_itself_however_it_is_written(value: float, digits: int) -> None:
    assert is_same("float=1e-5", f"{value:.{digits}e}", repr(value))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("piece", "pair"),
    [
        ("1", lambda text: (text + "x", text + "y")),
        ("1", lambda text: ("1." + text, "1." + text[1:])),
        ("[", lambda text: (text, text[1:] + "(")),
        ("1 ", lambda text: (text, text.replace("1", "1.0"))),
        ("\n", lambda text: (text + "a", text + "b")),
        ("1e", lambda text: (text, text + "1")),
        (" ", lambda text: (text + "a", "b")),
    ],
    ids=["digits", "fraction", "brackets", "numbers", "lines", "exponents", "spaces"],
)
def test_the_cost_grows_with_the_length_and_no_faster(
    way: str, piece: str, pair: Callable[[str], tuple[str, str]]
) -> None:
    assert_linear(lambda text: is_same(way, *pair(text)), piece)

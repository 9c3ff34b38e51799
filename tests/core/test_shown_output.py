"""Output that a page shows is compared with what was printed; prose is no difference."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._core.shown_cell import ShownCell
from daytona_validate._core.shown_line import normal
from daytona_validate._core.shown_output import (
    NOTHING_SHOWN,
    ShownLine,
    ShownOutput,
    compared_with_shown,
)
from daytona_validate._core.shown_session import ShownInput, ShownSession
from daytona_validate._models import CodeValidationResult, LostBytes, Outcome
from for_each import for_each
from growth import assert_linear
from made_results import made_reported

PASSED = made_reported(outcome=Outcome.PASSED, path=None, details="").result


def compared(output: str, shown: ShownOutput) -> CodeValidationResult:
    return compared_with_shown(replace(PASSED, output=output), shown)


def lines(*texts: str, is_ordered: bool = True) -> ShownOutput:
    shown = (ShownLine(number, text, is_ordered) for number, text in enumerate(texts, 1))
    return ShownOutput(lines=tuple(shown))


@for_each(
    ("printed", "shown"),
    [
        ("42", "42"),
        ("  [ 1,2 ]", "[1, 2]"),
        ("{'a': 1}", '{ "a" : 1 }'),
        ("abc", "'abc'"),
        ("0.30000000000000004", "0.3"),
        ("3.0", "3.0"),
        ("took 12.5 ms", "took 3 s"),
        ("0.00012 s", "0.00034 s"),
        ("<f at 0x7f12>", "<f at 0x9>"),
        ("0xc000012028", "0xc000012040"),
        ("1, 2, 3", "1, ..., 3"),
        ("1, 2, 3, 4, 5", "1, …, 3, …, 5"),
    ],
)
def test_what_agrees(printed: str, shown: str) -> None:
    assert compared(printed, lines(shown)).outcome is Outcome.PASSED
    assert compared(f"{printed}\n", ShownOutput(whole=f"{shown}\n\n")).outcome is Outcome.PASSED


@for_each(
    ("printed", "shown"),
    [
        ("42", "43"),
        ("0.31", "0.3"),
        ("3", "3.0"),
        ("", "1"),
        ("1, 2, 3", "1, ..., 4"),
        ("1, 2, 3", "2, ..., 3"),
        ("12", "12...2"),
        ("0xff", "0xfe"),
        ("0xabcdef", "0x123456"),
        ("5 s", "7 s"),
        ("speed: 2.5 ms", "speed: 3.5 ms"),
        ("1 2", "1...3...2"),
    ],
)
def test_what_does_not(printed: str, shown: str) -> None:
    wrong = compared(printed, lines("", shown) if not printed else lines(shown))
    assert (wrong.outcome, wrong.fault, wrong.status) == ("wrong_output", "snippet", "Failure")
    assert wrong.error_line is not None
    assert compared(printed, ShownOutput(whole=shown)).outcome is Outcome.WRONG_OUTPUT


def test_a_label_before_a_value_is_forgiven() -> None:
    for printed in ("sum: 42", "sum = 42", "the sum 42", "a: b: 42"):
        assert compared(printed, lines("42")).outcome is Outcome.PASSED
    assert compared("a: b c", lines("b c")).outcome is Outcome.PASSED


def test_lines_come_in_their_order_where_they_have_one() -> None:
    assert compared("1\n2\n", lines("1", "2")).outcome is Outcome.PASSED
    wrong = compared("1\n2\n", lines("2", "1"))
    assert wrong.details == "Code execution failed: '1' is not in the output (line 2)"
    assert compared("2\n1\n", lines("1", "2", is_ordered=False)).outcome is Outcome.PASSED
    assert compared("1\n1\n", lines("1", "1")).outcome is Outcome.PASSED
    assert compared("1\n", lines("1", "1")).outcome is Outcome.WRONG_OUTPUT
    assert "but '2'" in compared("1\n2\n", lines("1", "3")).details


def test_of_very_many_lines_with_an_ellipsis_only_some_are_looked_for() -> None:
    shown = lines(*(["1..."] * 50), *(["2..."] * 9), is_ordered=False)
    assert compared("1\n", shown).outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("printed", "shown", "said"),
    [
        ("1\n2\n3", "1\n...\n3", None),
        ("1\n2\n3", "1\n...", None),
        ("1\n2\n3", "...\n…\n3", None),
        ("1\n2\n3", "1\n...\n4", "line 2 of the output is '2', shown is '4'"),
        ("1", "1\n…\n3", "the output ends before '3', which the page shows"),
        ("1\n2", "1", "line 2 of the output, '2', is not shown"),
        ("1", "1\n2", "the output ends before '2', which the page shows"),
        ("1\n3", "1\n2", "line 2 of the output is '3', shown is '2'"),
    ],
)
def test_a_whole_output(printed: str, shown: str, said: str | None) -> None:
    result = compared(printed, ShownOutput(whole=shown))
    assert (said is None) is (result.outcome is Outcome.PASSED)
    assert said is None or said in result.details


@pytest.mark.parametrize(
    ("printed", "stored", "is_same"),
    [
        ("1\n\n3\n", "1\n2\n3\n<Figure>", True),
        ("", "1", True),
        ("1\n4", "1\n2", False),
        ("2\n1", "1\n2", False),
        (str(list(range(30))), "[0,\n " + ",\n ".join(map(str, range(1, 30))) + "]", True),
        (str(list(range(30))), "[0,\n " + ",\n ".join(map(str, range(1, 29))) + ",\n 30]", False),
        (str(list(range(9))), "[0,\n " + ",\n ".join(map(str, range(1, 9))) + "]", True),
        (f"2\n{list(range(30))}", f"{list(range(30))}\n2", False),
    ],
)
def test_what_a_notebook_has_stored_may_be_more(printed: str, stored: str, is_same: bool) -> None:
    outcome = compared(printed, ShownOutput(cell=ShownCell(text=stored))).outcome
    assert (outcome is Outcome.PASSED) is is_same


def test_a_session_is_compared_with_its_transcript() -> None:
    shown = ShownOutput(session=ShownSession("javascript", (ShownInput(2, ("f()",), ("1",)),)))
    assert compared("f()\n1\n", shown).outcome is Outcome.PASSED
    other = compared("f()\n2\n", shown)
    assert (other.outcome, other.error_line) == (Outcome.WRONG_OUTPUT, 2)


def test_what_was_not_kept_may_have_been_right() -> None:
    cut = replace(PASSED, output="1\n", lost_bytes=LostBytes(stdout=5))
    assert compared_with_shown(cut, lines("2")).outcome is Outcome.UNAVAILABLE
    assert compared_with_shown(cut, lines("1")) == cut


def test_what_failed_stays_as_it_is() -> None:
    failed = replace(PASSED, outcome=Outcome.TIMEOUT)
    assert compared_with_shown(failed, lines("1")) is failed
    assert compared_with_shown(PASSED, NOTHING_SHOWN) is PASSED


@given(st.text())
def test_any_output_agrees_with_itself(text: str) -> None:
    whole = ShownOutput(whole=text, cell=ShownCell(text=text))
    assert compared(text, whole).outcome is Outcome.PASSED
    assert normal(normal(text)) is not None


@pytest.mark.parametrize("piece", ["1", "1.", "1 ", ", ", "...", "…\n", "...\n", "a\n", "0x", "'"])
def test_hostile_output_costs_its_length(piece: str) -> None:
    assert_linear(
        lambda text: compared(text, ShownOutput(whole=text, cell=ShownCell(text=text))), piece
    )
    assert_linear(lambda text: compared(text, lines(*text.split("\n"))), piece)

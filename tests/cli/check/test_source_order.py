from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._cli.check.report_stream import SourceOrder


@given(st.permutations(list(range(12))), st.sets(st.integers(0, 11)))
def test_texts_come_out_in_source_order_whatever_the_order_they_came_in(
    arrival: list[int], silent: set[int]
) -> None:
    order = SourceOrder()
    given_out: list[str] = []
    for index in arrival:
        given_out += order.add(index, "" if index in silent else f"{index:02}")
    assert given_out == [f"{index:02}" for index in range(12) if index not in silent]


def test_a_text_is_given_out_as_soon_as_all_before_it_have_been() -> None:
    order = SourceOrder()
    assert list(order.add(1, "second")) == []
    assert list(order.add(0, "first")) == ["first", "second"]
    assert list(order.add(2, "third")) == ["third"]


def test_what_is_left_of_a_run_cut_short_comes_out_in_order() -> None:
    order = SourceOrder()
    assert list(order.add(7, "h")) == []
    assert list(order.add(3, "d")) == []
    assert list(order.add(5, "")) == []
    assert list(order.rest()) == ["d", "h"]
    assert list(order.rest()) == []

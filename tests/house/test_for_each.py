"""That a test of many cases tries them all, and names each that fails."""

from __future__ import annotations

import inspect

import pytest

from for_each import cases_of, for_each


def test_all_cases_are_tried_and_each_that_fails_is_named() -> None:
    tried: list[int] = []

    @for_each("number", [1, 2, 3, 4], ids=["one", "two", "three", "four"])
    def odd(number: int) -> None:
        tried.append(number)
        assert number % 2, number

    with pytest.raises(BaseExceptionGroup, match="2 of 4 cases") as failed:
        odd()
    assert tried == [1, 2, 3, 4]
    assert [each.__notes__ for each in failed.value.exceptions] == [["case: two"], ["case: four"]]


def test_a_failure_alone_is_raised_as_it_is() -> None:
    @for_each(("text", "length"), [("a", 1), ("ab", 3)])
    def counted(text: str, *, length: int) -> None:
        if len(text) != length:
            pytest.fail("another length")

    with pytest.raises(pytest.fail.Exception, match="another length") as failed:
        counted()
    assert failed.value.__notes__ == ["case: 'ab', 3"]


def test_cases_of_cases_multiply_and_other_parameters_stay() -> None:
    tried: list[tuple[str, str, str]] = []

    @for_each("last", ["x", "y"])
    @for_each("middle", "ab", ids=str.upper)
    def test(first: str, middle: str, last: str) -> None:
        tried.append((first, middle, last))

    assert [*inspect.signature(test).parameters] == ["first"]
    test(first="1")
    assert tried == [("1", "a", "x"), ("1", "b", "x"), ("1", "a", "y"), ("1", "b", "y")]
    assert cases_of(test) == 4
    assert cases_of(test_a_failure_alone_is_raised_as_it_is) == 1


def test_what_no_test_could_be_made_of_is_refused() -> None:
    with pytest.raises(ValueError, match="no case"):
        for_each("a", [])
    with pytest.raises(ValueError, match="2 values are expected"):
        for_each("a, b", [(1, 2, 3)])
    with pytest.raises(ValueError, match="1 names are expected"):
        for_each("a", [1], ids=["one", "two"])

"""What judges growth finds a square, and only that."""

from __future__ import annotations

import re

import pytest

from growth import assert_linear

SQUARE = re.compile(" *x")
"""Searched in spaces, it starts at each and reads to the end."""


def test_a_square_is_found() -> None:
    with pytest.raises(AssertionError, match=r"'a' \+ n \* ' ' \+ 'b': 2050 characters take"):
        assert_linear(SQUARE.search, " ", start="a", end="b")


def test_what_is_linear_passes_even_if_a_measurement_is_disturbed() -> None:
    disturbed = iter([False, False, True])  # the first of the large text

    def read(text: str) -> None:
        sum(range(1_000_000 if next(disturbed, False) else len(text)))

    assert_linear(read, " ")
    assert next(disturbed, None) is None

"""Fences that show the value of the code above them; what is nearly a program shows none."""

from __future__ import annotations

import pytest

from daytona_validate._core.fragments.shown_values import is_value_of
from for_each import for_each
from growth import assert_linear

ASKS = "import post\npost.weigh(3)\n"


@pytest.mark.parametrize(
    "text",
    [
        "'SELECT kg FROM boxes'\n",
        '"SELECT kg FROM boxes"\n',
        "[{'kg': 3, 'to': None}]\n",
        "Argument 'kg' is not known to this scale.\n'SELECT 1'\n",
        "box  kg\n  1  4.0\n  2  3.5\n",
        "-3.5\n",
        "'\\d+'\n",
    ],
)
def test_a_value(text: str) -> None:
    assert is_value_of(ASKS, text)


@for_each(
    ("code", "text"),
    [
        ("import post\nbox = post.weigh(3)\n", "'SELECT 1'\n"),
        ("post.weigh(3", "'SELECT 1'\n"),
        ("", "'SELECT 1'\n"),
        (ASKS, "SELECT kg FROM boxes WHERE\n"),
        (ASKS, "'SELECT 1\n"),
        (ASKS, "[1, 2\n"),
        (ASKS, "box = [1, 2\n'SELECT 1'\n"),
        (ASKS, "print 'kg'\n"),
        (ASKS, "print box\n"),
        (ASKS, "box kg\n1 (4\n"),
        (ASKS, "box kg\n1 4 5\n"),
        (ASKS, "box kg\nof to\n"),
        (ASKS, "import kg\nbox 3\n"),
        (ASKS, "box.kg is\n1 3\n"),
        (ASKS, "3 kg\n4 5\n"),
        (ASKS, "post.weigh(\n"),
        (ASKS, "3;\n"),
        (ASKS, "post.box\n"),
        (ASKS, "'a'\n'b'\n"),
        (ASKS, "\n"),
        (ASKS, "1" * 30_000),
        (ASKS, "Box is 3; it stays.\n'SELECT 1'\n"),
    ],
)
def test_nearly_a_program(code: str, text: str) -> None:
    assert not is_value_of(code, text)


@pytest.mark.parametrize("piece", ["a ", "Aa ", "1 2\n", "'", "[", "a b\n", "Ab cd.\n", "-", "1"])
def test_reading_costs_no_more_than_the_length(piece: str) -> None:
    assert_linear(lambda text: is_value_of(ASKS, text), piece)

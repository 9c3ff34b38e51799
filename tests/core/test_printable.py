"""Untrusted text, made harmless."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._core.printable import one_line, printable
from daytona_validate._unsafe_characters import UNSAFE_CHARACTER

ANYTHING = st.text(st.characters(codec=None), max_size=60)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\tb\nc\r\nd", "a\tb\nc\nd"),
        ("a\rb", "a\\rb"),
        ("\x1b[2J\x07\x00\x7f", "\\x1b[2J\\x07\\x00\\x7f"),
        ("\x9b31m\x85", "\\x9b31m\\x85"),
        ("\u202eabc\u2066\u200f\u061c", "\\u202eabc\\u2066\\u200f\\u061c"),
        ("a\u200bb\ufeff\xad", "a\\u200bb\\ufeff\\xad"),
        ("\ud800\udcff", "\\ud800\\udcff"),
        ("\ufffe\uffff", "\\ufffe\\uffff"),
        ("\U000e0041", "\\U000e0041"),
        ("é ü 漢 👨\u200d👩 \ufffd", "é ü 漢 👨\u200d👩 \ufffd"),
    ],
)
def test_printable(text: str, shown: str) -> None:
    assert printable(text) == shown


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("  a \n\t b\r\n", 10, "a b"),
        ("", 10, ""),
        ("1234567890", 10, "1234567890"),
        ("12345678901", 10, "123456789…"),
        ("12345678 01", 10, "12345678…"),
        ("\x1b\x1b\x1b", 10, "\\x1b\\x1b\\…"),
        (" " * 10_000 + "end", 10, "end"),
        ("a" + " " * 10_000 + "end", 10, "a…"),
        ("a\x85b\u2028c", 10, "a b c"),
    ],
)
def test_one_line(text: str, limit: int, shown: str) -> None:
    assert one_line(text, limit) == shown


@given(ANYTHING)
def test_what_is_printable_can_be_encoded_and_stays_as_it_is(text: str) -> None:
    shown = printable(text)
    shown.encode()
    assert UNSAFE_CHARACTER.search(shown.replace("\n", "").replace("\t", "")) is None
    assert printable(shown) == shown


@given(ANYTHING, st.integers(2, 30))
def test_one_line_is_one_bounded_line(text: str, limit: int) -> None:
    shown = one_line(text, limit)
    assert len(shown) <= limit
    assert UNSAFE_CHARACTER.search(shown) is None


def test_what_python_calls_printable_is_harmless_and_has_no_white_space_but_the_blank() -> None:
    """So such a line is taken as it is."""
    plain = "".join(filter(str.isprintable, map(chr, range(sys.maxunicode + 1))))
    assert len(plain) > 100_000
    assert UNSAFE_CHARACTER.search(plain) is None
    assert "".join(plain.split()) == plain.replace(" ", "")

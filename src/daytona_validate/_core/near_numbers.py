"""Comparison of two words with a numeric tolerance.

Numbers are decimal and exact, not binary: 10**400 is one, and 1e999 is not infinite. Each word
is read in time that grows with its length.
"""

from __future__ import annotations

import re
from decimal import Context, Decimal

NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,9})?", re.ASCII)
_NO_NUMBERS = {
    sign + word: f"{'-' if sign == '-' and word != 'nan' else ''}{word[:3]}"
    for sign in ("", "+", "-")
    for word in ("nan", "inf", "infinity")
}
"""Values that languages print in place of a number; each is near only to itself."""
_BETWEEN = re.compile(r"([\[\](){}<>,;:=])")
"""What stands between the numbers of a list, a tuple or a record."""
# It rounds the difference of two exact numbers: what is not zero stays so.
_ROUNDED = Context(prec=28, Emin=-(10**12), Emax=10**12)


def is_near(word: str, expected: str, tolerance: Decimal) -> bool:
    """Whether a word is the expected one, up to a tolerance in its numbers.

    Args:
        word: A text without white space; `[0.5,` has a number in it.
        expected: What it should be.
        tolerance: How far numbers may be apart: so far, or so great a part of the expected one.
    """
    parts, wanted = _BETWEEN.split(word), _BETWEEN.split(expected)
    return len(parts) == len(wanted) and all(
        a == b or _is_near_number(a, b, tolerance) for a, b in zip(parts, wanted, strict=True)
    )


def _is_near_number(text: str, expected: str, tolerance: Decimal) -> bool:
    special = _NO_NUMBERS.get(text.lower())
    if special is not None:
        return special == _NO_NUMBERS.get(expected.lower())
    number, wanted = _number(text), _number(expected)
    if number is None or wanted is None:
        return False
    apart = _ROUNDED.subtract(number, wanted).copy_abs()
    return apart <= tolerance or apart <= _ROUNDED.multiply(tolerance, wanted.copy_abs())


def _number(text: str) -> Decimal | None:
    return Decimal(text) if NUMBER.fullmatch(text) else None

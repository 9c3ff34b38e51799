"""Comparison modes for `expected_output`: exact, lines, tokens, float with a tolerance."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from operator import eq

from daytona_validate._core.near_numbers import NUMBER, is_near
from daytona_validate._core.printable import one_line

ACCEPTED = "exact, lines, tokens, float, or float=1e-6 with a tolerance below 1"
_TOLERANCE = "1e-6"
_TOLERANCE_CHARACTERS = 40
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_TOKEN = re.compile(r"\S+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Comparison mode of two texts: part by part, until two of them differ."""

    unit: str
    """What a part is called."""
    parts: Callable[[str], Iterator[str]]
    """Finds the parts of a text, one after the other."""
    is_same: Callable[[str, str], bool]
    """Whether a part is what it should be; given it, and the expected one."""
    shown: Callable[[str], str]
    """A part for people, as words of a sentence."""
    in_diff: Callable[[str], str] = str
    """The same as a line of its own."""
    is_exact: bool = False
    """Whether no other text will do: an output that is longer is then another."""
    how: str = ""
    """A few words that say what was compared; none for the default."""


def comparison(text: object) -> Comparison | None:
    """Return the way that a text such as `tokens` or `float=1e-9` names; None if there is none.

    Args:
        text: What a caller or a record gives, of any type; None: the default, `lines`.
    """
    if text is None:
        return LINES
    if not isinstance(text, str):
        return None
    name, equals, tolerance = text.partition("=")
    if name != "float":
        return None if equals else _WITHOUT_TOLERANCE.get(name)
    return _floats(tolerance) if equals else _floats(_TOLERANCE)


def _floats(tolerance: str) -> Comparison | None:
    """Return the comparison of tokens with numbers in them; None for what is no tolerance."""
    if len(tolerance) > _TOLERANCE_CHARACTERS or not NUMBER.fullmatch(tolerance):
        return None
    value = Decimal(tolerance)
    if not 0 <= value < 1:
        return None
    return Comparison(
        unit="token",
        parts=_tokens,
        is_same=partial(is_near, tolerance=value),
        shown=_quoted,
        how=f"numbers within {tolerance}",
    )


def _stripped_lines(text: str) -> Iterator[str]:
    return (line.rstrip() for line in text.rstrip().split("\n"))


def _whole_lines(text: str) -> Iterator[str]:
    return (match[0] for match in _LINE.finditer(text))


def _tokens(text: str) -> Iterator[str]:
    return (match[0] for match in _TOKEN.finditer(text))


def _quoted(part: str) -> str:
    return f"'{one_line(part, 80)}'"


def _exactly(part: str) -> str:
    """Return a part with its white space to be seen."""
    return one_line(repr(part), 80)


LINES = Comparison(unit="line", parts=_stripped_lines, is_same=eq, shown=_quoted)
"""The default."""

_WITHOUT_TOLERANCE = {
    "exact": Comparison(
        unit="line",
        parts=_whole_lines,
        is_same=eq,
        shown=_exactly,
        in_diff=repr,
        is_exact=True,
        how="compared exactly",
    ),
    "lines": LINES,
    "tokens": Comparison(
        unit="token", parts=_tokens, is_same=eq, shown=_quoted, how="compared by tokens"
    ),
}

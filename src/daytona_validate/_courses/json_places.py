"""Places of values in a JSON document, so that one can be put in another's place byte for byte."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Place:
    """Span of a value in a document."""

    value: object
    start: int
    end: int


def place_of(text: str, start: int = 0) -> Place:
    """Return the place of the value that begins at some character or after white space there.

    Raises:
        ValueError: None does.
        RecursionError: It is too deep.
    """
    start = _begin(text, start)
    value, end = _DECODER.raw_decode(text, start)
    return Place(value, start, end)


def members(text: str, place: Place | None) -> dict[str, Place]:
    """Return the members of an object by their keys; the last of two with one key counts.

    What is no object, or not there, has none.
    """
    found: dict[str, Place] = {}
    if place is None or not isinstance(place.value, dict):
        return found
    at = _begin(text, place.start + 1)
    while text[at] != "}":
        key = place_of(text, at)
        member = place_of(text, _begin(text, key.end) + 1)
        found[str(key.value)] = member
        at = _next(text, member.end)
    return found


def items(text: str, place: Place | None) -> list[Place]:
    """Return the items of an array; what is no array, or not there, has none."""
    found: list[Place] = []
    if place is None or not isinstance(place.value, list):
        return found
    at = _begin(text, place.start + 1)
    while text[at] != "]":
        found.append(place_of(text, at))
        at = _next(text, found[-1].end)
    return found


def _begin(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    assert space is not None  # noqa: S101 - it matches nothing, too
    return space.end()


def _next(text: str, end: int) -> int:
    """Return where the next value begins, or its holder ends."""
    at = _begin(text, end)
    return _begin(text, at + 1) if text[at] == "," else at

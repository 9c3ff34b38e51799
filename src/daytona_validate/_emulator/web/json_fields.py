"""The fields of a JSON body and their types, as the platform's validation words them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from daytona_validate._emulator.refusals import HttpRefusal


@dataclass(frozen=True, slots=True)
class FieldType:
    """The type of a field: its name in messages, and its check."""

    title: str
    fits: Callable[[object], bool]


def _is_integer(value: object) -> bool:
    if not isinstance(value, int) or isinstance(value, bool):
        return False
    return -(2**31) <= value < 2**31  # the platform's database has no more


def _are_texts(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(each, str) for each in value.values())


def _are_listed_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


TEXT = FieldType("a string", lambda value: isinstance(value, str))
BOOLEAN = FieldType("a boolean value", lambda value: isinstance(value, bool))
INTEGER = FieldType("an integer number", _is_integer)
OBJECT = FieldType("an object", lambda value: isinstance(value, dict))
TEXTS = FieldType("an object of strings", _are_texts)
TEXT_LIST = FieldType("an array of strings", _are_listed_texts)


def checked(body: object, kinds: Mapping[str, FieldType], *, code: str = "") -> dict[str, Any]:
    """Return the known fields of a JSON object, all of them; null counts as absent.

    Raises:
        HttpRefusal: The body is no object, or some fields have the wrong type: all are named (400).
    """
    if not isinstance(body, dict):
        raise HttpRefusal(400, "invalid request body: a JSON object is expected", code=code)
    wrong = [
        f"{name} must be {kind.title}"
        for name, kind in kinds.items()
        if body.get(name) is not None and not kind.fits(body[name])
    ]
    if wrong:
        raise HttpRefusal(400, ", ".join(wrong), code=code)
    return {name: body.get(name) for name in kinds}

"""Type check of a snippet's fields: a wrong type is the caller's fault, and named. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from operator import attrgetter
from types import NoneType
from typing import Any

from daytona_validate._core.printable import one_line
from daytona_validate._models import Limits, Location, Snippet

_TEXT = (str,)
_TEXT_OR_NONE = (str, NoneType)

FIELD_TYPES: Mapping[str, tuple[type, ...]] = {
    "code": _TEXT,
    "language": _TEXT,
    "skill": _TEXT,
    "stdin": _TEXT,
    "files": (Mapping,),
    "args": (tuple, list),
    "expected_output": _TEXT_OR_NONE,
    "compare": _TEXT_OR_NONE,
    "timeout_s": (float, int, NoneType),
    "limits": (Limits, NoneType),
    "run_tests": (bool,),
    "until_listening": (bool,),
    "must_reach_end": (bool,),
    "snippet_id": _TEXT_OR_NONE,
    "location": (Location, NoneType),
    "is_block": (bool,),
    "source": (bytes, NoneType),
    "earlier": (tuple, list),
    "check_only": (bool,),
    "should_fail": _TEXT_OR_NONE,
    "skip": _TEXT_OR_NONE,
    "not_runnable": _TEXT_OR_NONE,
    "unreadable": _TEXT_OR_NONE,
}
"""The types that each field of `Snippet` may have, in the order of the fields."""
_values_of = attrgetter(*FIELD_TYPES)
_EMPTY: Mapping[str, Any] = {"skill": "", "snippet_id": None, "location": None}
"""The fields that come back in a result, and what stands there for a value of a wrong type."""


def type_problems(snippet: Snippet) -> Iterator[str]:
    """Yield each field of a wrong type, as in `stdin must be str, not bytes`."""
    values = _values_of(snippet)
    if not _are_right(tuple(map(type, values))):
        for (name, types), value in zip(FIELD_TYPES.items(), values, strict=True):
            yield from _problem(name, value, types)
    if snippet.args and isinstance(snippet.args, tuple | list):
        for position, arg in enumerate(snippet.args):
            yield from _problem(f"args[{position}]", arg, _TEXT)
    if snippet.earlier and isinstance(snippet.earlier, tuple | list):
        for position, code in enumerate(snippet.earlier):
            yield from _problem(f"earlier[{position}]", code, _TEXT)
    if snippet.files and isinstance(snippet.files, Mapping):
        for path, content in snippet.files.items():
            yield from _problem("each name in files", path, _TEXT)
            yield from _problem(f"files['{one_line(path, 80)}']", content, (str, bytes))


@lru_cache(maxsize=64)
def _are_right(kinds: tuple[type, ...]) -> bool:
    """Return whether each field may have its type; most snippets have those of the one before."""
    return all(map(issubclass, kinds, FIELD_TYPES.values()))


def repeatable(snippet: Snippet) -> Snippet:
    """Return a snippet whose fields that come back in a result have their types, or are empty."""
    values: dict[str, Any] = {name: getattr(snippet, name) for name in _EMPTY}
    wrong = {name for name, value in values.items() if not isinstance(value, FIELD_TYPES[name])}
    return replace(snippet, **{name: _EMPTY[name] for name in wrong})


def _problem(name: str, value: object, types: tuple[type, ...]) -> Iterator[str]:
    if not isinstance(value, types):
        shown = " or ".join("None" if each is NoneType else each.__name__ for each in types)
        yield f"{name} must be {shown}, not {type(value).__name__}"

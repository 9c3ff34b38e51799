"""A small program that costs a compiler, or whoever reads code, much more than its length."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from daytona_validate._models import Outcome

REFUSED = frozenset({Outcome.COMPILE_ERROR})
DEEP = REFUSED | {Outcome.MEMORY_LIMIT}
"""A bare `MemoryError` is how the parser of Python 3.11 says that something is too deep."""
SLOW = frozenset({Outcome.TIMEOUT})
FAILS = frozenset({Outcome.RUNTIME_ERROR})
HEAVY = frozenset({Outcome.MEMORY_LIMIT, Outcome.TIMEOUT, Outcome.COMPILE_ERROR})
RUNS = frozenset({Outcome.PASSED})


@dataclass(frozen=True, slots=True)
class Bomb:
    """A program, and what may become of it."""

    language: str
    outcomes: frozenset[Outcome]
    code: Callable[[], str]


def nested(opening: str, closing: str, count: int, within: str = "1") -> str:
    return opening * count + within + closing * count


Table = dict[str, tuple[frozenset[Outcome], Callable[[], str]]]
"""Of one language: what may become of a program, and its code, by name."""

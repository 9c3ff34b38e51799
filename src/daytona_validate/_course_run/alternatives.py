"""Blocks that make once more what a block before them made: the one or the other is meant to run.

A page shows a table first without an index and then with one. SQL alone refuses to make the same
thing twice; in other languages the later definition holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from daytona_validate._core.details import cause
from daytona_validate._core.fragments.code_text import bare_text
from daytona_validate._models import CodeValidationResult

_EXISTS = re.compile(
    r"ERROR: (?:column \"(\w+)\" of relation \"(\w+)\"|[a-z]+ \"([\w.]+)\") already exists"
)
_CREATES = re.compile(
    r"\bcreate\s+(?:(?:unique|unlogged|recursive)\s+)?"
    r"(table|view|materialized\s+view|index|sequence|type|domain|schema)"
    r"\s+(?:concurrently\s+)?(?:if\s+not\s+exists\s+)?([a-z_][\w.]*)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Alternative:
    """Replacement: what a block and one before it both make."""

    names: str
    """What they make, for people."""
    drops: str
    """SQL that takes it away."""


def made_anew(
    code: str, result: CodeValidationResult, earlier: Sequence[str]
) -> Alternative | None:
    """Return what a block makes that was there already; None: that is not why it failed.

    Args:
        code: The block.
        result: Of the block, after those before it.
        earlier: The code of those.
    """
    found = _EXISTS.match(cause(result.details)) if result.language == "sql" else None
    if found is None:
        return None
    if found[1] is not None:
        drops = f"ALTER TABLE {found[2]} DROP COLUMN {found[1]} CASCADE;"
        return Alternative(f"column {found[1]}", drops)
    before = {name.lower() for each in earlier for _, name in _created(each)}
    own = [*_created(code)]
    names = [name.lower() for _, name in own]
    anew = [(kind, name) for kind, name in own if name.lower() in before]
    if found[3] not in names or len(set(names)) < len(names):  # it makes the same twice itself
        return None
    drops = " ".join(f"DROP {kind} IF EXISTS {name} CASCADE;" for kind, name in anew)
    return Alternative(", ".join(name for _, name in anew), drops) if anew else None


def _created(code: str) -> Iterator[tuple[str, str]]:
    bare = bare_text(code, "sql")
    yield from ((found[1], found[2]) for found in _CREATES.finditer(bare))

"""Tables that no block of a page makes: those of another chapter, or of the reader's database.

A table that is near to one of the page, by a slip of the pen or as its plural, is misspelt.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from daytona_validate._core.details import cause
from daytona_validate._core.fragments.code_text import bare_lines
from daytona_validate._core.fragments.near_names import is_misspelt
from daytona_validate._models import CodeValidationResult

_LACKS = re.compile(r"ERROR: (?:relation|schema|table) \"[\w.]+\" does not exist")
_MADE = re.compile(
    r"\bcreate\s+(?:(?:or|replace|global|local|temp|temporary|unlogged|materialized|recursive)\s+)*"
    r"(?:table|view)\s+(?:if\s+not\s+exists\s+)?[\"`]?(?:\w+\.)?(\w+)"
    r"|\brename\s+(?:to|as)\s+(\w+)|(?:\bwith|\)\s*,)\s+(\w+)\s+as\s*\(",
    re.IGNORECASE,
)
_DATABASE = re.compile(
    r"\bcreate\s+database\s+(?:if\s+not\s+exists\s+)?[\"`]?(\w+)|^[ \t]*use\s+`?(\w+)`?\s*;",
    re.IGNORECASE | re.MULTILINE,
)
_WORD = re.compile(r"[^\W\d]\w*")
_MOST_WORDS = 5000
"""Of a page; what has more is judged without this rule."""
_READ_CHARACTERS = 50_000


def is_table(result: CodeValidationResult) -> bool:
    """Return whether a statement failed for want of a table, and not of a column or a function."""
    return _LACKS.match(cause(result.details)) is not None


def database_of(name: str, codes: Sequence[str]) -> str | None:
    """Return the database of a page that a name begins with, as MySQL has it; None: none."""
    first, *_ = name.lower().split(".")
    databases = {each for code in codes for each in _names(_DATABASE, code)}
    return first if first in databases else None


def is_absent_table(name: str, codes: Sequence[str]) -> bool:
    """Return whether a table is none of a page's, and no misspelt one.

    Args:
        name: As the error has it.
        codes: The page's blocks in SQL.
    """
    table = name.lower().rpartition(".")[2]
    made = {each for code in codes for each in _names(_MADE, code)}
    words = {each.lower() for code in codes for each in _WORD.findall(_bare(code))}
    if len(words) > _MOST_WORDS or table in made:
        return False
    is_plural = any(_is_other_number(table, each) for each in made)
    return not is_plural and not is_misspelt(table, words)


def _is_other_number(one: str, other: str) -> bool:
    return any(a in (f"{b}s", f"{b}es") for a, b in ((one, other), (other, one)))


def _names(pattern: re.Pattern[str], code: str) -> set[str]:
    found = pattern.findall(_bare(code))
    return {name.lower() for groups in found for name in groups if name}


def _bare(code: str) -> str:
    return "\n".join(bare_lines(code[:_READ_CHARACTERS], "sql"))

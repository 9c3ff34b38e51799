"""Tables that no block of a page makes: those of another chapter, or of the reader's database.

A table that is near to one of the page, by two slips of the pen or as its plural, is misspelt; and
a block that makes tables of its own is meant to be whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from daytona_validate._core.details import cause
from daytona_validate._core.fragments.code_text import READ_CHARACTERS, bare_start
from daytona_validate._core.fragments.near_names import is_misspelt, is_within
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
_USED = re.compile(r"\b(?:from|join|into|update|table)\s+[\"`]?(?:\w+\.)?(\w+)()", re.IGNORECASE)
_NO_TABLE = re.compile(r"(?:\w+\.){0,9}OperationalError: no such table: ")
_CREATES = re.compile(
    r"\bcreate_(?:all|tables?|models?|database)\b|\bcreate\s+(?:\w+\s+){0,3}(?:table|view)\b"
    r"|\bmigrat|\bto_sql\(|\bexecutescript\(|\bload_extension\(|\bsync_?db\b|\bbackup\(",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d]\w*")
_MOST_WORDS = 5000
_MOST_TABLES = 1000
"""Of a page; what has more is judged without this rule."""
_MOST_EDITS = 2
_MIN_FOR_EDITS = 6
"""Shorter names with two other letters are two names."""


def is_table(result: CodeValidationResult) -> bool:
    """Return whether a statement failed for want of a table, and not of a column or a function."""
    return _LACKS.match(cause(result.details)) is not None


def has_no_tables(result: CodeValidationResult, codes: Iterable[str]) -> bool:
    """Return whether a query of a program's found no table, and nothing on its page makes any.

    Then every query fails, with its tables spelt well or not: the page has its reader's database.

    Args:
        result: Of a block in Python.
        codes: All that may have run before it, and itself.
    """
    is_lacking = _NO_TABLE.match(cause(result.details)) is not None
    return is_lacking and not any(_CREATES.search(each[:READ_CHARACTERS]) for each in codes)


def database_of(name: str, codes: Sequence[str]) -> str | None:
    """Return the database of a page that a name begins with, as MySQL has it; None: none."""
    first, *_ = name.lower().split(".")
    databases = {each for code in codes for each in _names(_DATABASE, code)}
    return first if first in databases else None


def is_absent_table(name: str, codes: Sequence[str]) -> bool:
    """Return whether a table is none of a page's, and no misspelt one.

    Args:
        name: As the error has it.
        codes: The page's blocks in SQL, from the one that failed.
    """
    if not codes or _names(_MADE, codes[0]):
        return False
    table = name.lower().rpartition(".")[2]
    made = {each for code in codes for each in _names(_MADE, code)}
    words = {each.lower() for code in codes for each in _WORD.findall(bare_start(code, "sql"))}
    tables = made.union(*(_names(_USED, code) for code in codes)) - {table}
    if len(words) > _MOST_WORDS or len(tables) > _MOST_TABLES or table in made:
        return False
    if len(table) >= _MIN_FOR_EDITS and any(is_within(table, each, _MOST_EDITS) for each in tables):
        return False
    is_plural = any(_is_other_number(table, each) for each in made)
    return not is_plural and not is_misspelt(table, words)


def _is_other_number(one: str, other: str) -> bool:
    return any(a in (f"{b}s", f"{b}es") for a, b in ((one, other), (other, one)))


def _names(pattern: re.Pattern[str], code: str) -> set[str]:
    found = pattern.findall(bare_start(code, "sql"))
    return {name.lower() for groups in found for name in groups if name}

"""Recognizer of an expression in SQL that is shown without a statement around it."""

from __future__ import annotations

import re

from daytona_validate._core.details import cause
from daytona_validate._core.fragments.brackets import is_balanced, outermost
from daytona_validate._core.fragments.code_text import bare_start
from daytona_validate._core.fragments.near_names import is_misspelt
from daytona_validate._models import CodeValidationResult

_NEAR = re.compile(r'ERROR: syntax error at or near "(\w+)"')
_FIRST = re.compile(
    r"\s*(\w+)\s*(?:\(|(?<=date)\s|(?<=time)\s|(?<=timestamp)\s|(?<=interval)\s)", re.IGNORECASE
)
_STATEMENTS = (
    *("select", "insert", "update", "delete", "create", "alter", "drop", "with", "values", "merge"),
    *("grant", "revoke", "begin", "commit", "set", "show", "explain", "truncate", "call", "do"),
)
_OF_STATEMENTS = re.compile(
    r"\b(?:select|from|where|into|values|set|table|index|view|join|group|order)\b|[;=]",
    re.IGNORECASE,
)


def sql_expression(code: str, result: CodeValidationResult) -> str | None:
    """Return what code is that is an expression alone: a call, or a literal with its type.

    A statement with its first word missing or misspelt has others that only statements have.
    """
    bare = bare_start(code, "sql")
    near, first = _NEAR.match(cause(result.details)), _FIRST.match(bare)
    word = "" if first is None else (first[1] or first[2]).lower()
    if near is None or near[1].lower() != word:
        return None
    is_statement = _OF_STATEMENTS.search(outermost(bare)) is not None
    is_slip = word in _STATEMENTS or is_misspelt(word, _STATEMENTS)
    is_one = is_balanced(bare) and not is_statement and not is_slip
    return "an expression, without a statement around it" if is_one else None

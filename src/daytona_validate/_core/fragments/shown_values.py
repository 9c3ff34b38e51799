"""Fences in a language that show what the code directly above them comes to, as a prompt does.

A page sets a value in the colours of its language. Nothing that is nearly a program is one: a value
is a literal as a whole, perhaps after warnings in prose, or a table of words and numbers, and the
code above must end in an expression.
"""

from __future__ import annotations

import ast
import keyword
import re

from daytona_validate._core.python_tree import python_tree

_MOST_CHARACTERS = 20_000
_PROSE = re.compile(r"[A-Z][^;={}]*[a-z]{2} [^;={}]*\.")
_CELL = re.compile(r"[\w.:%/+-]{1,80}")
_NUMBER = re.compile(r"[+-]?\d{1,30}(?:\.\d{1,30})?%?")
_FEWEST_COLUMNS = 2


def is_value_of(code: str, text: str) -> bool:
    """Return whether a text is what a prompt shows for code above it.

    Args:
        code: Of Python, that stands directly above.
        text: The fence.
    """
    if max(len(code), len(text)) > _MOST_CHARACTERS or not _ends_in_expression(code):
        return False
    *before, last = [each.strip() for each in text.strip().split("\n")]
    is_warned = bool(before) and all(map(_PROSE.fullmatch, before)) and _is_literal(last)
    return _is_literal(text.strip()) or is_warned or _is_table(text)


def _ends_in_expression(code: str) -> bool:
    tree = python_tree(code)
    return tree is not None and bool(tree.body) and isinstance(tree.body[-1], ast.Expr)


def _is_literal(text: str) -> bool:
    tree = python_tree(text)
    if tree is None or len(tree.body) != 1 or text.endswith(";"):
        return False
    [statement] = tree.body
    try:
        ast.literal_eval(statement.value if isinstance(statement, ast.Expr) else statement)
    except (ValueError, TypeError, MemoryError, RecursionError):
        return False
    return True


def _is_table(text: str) -> bool:
    """Return whether each line has as many words as the first, which are names, and numbers."""
    head, *rows = [each.split() for each in text.strip().split("\n")]
    columns = len(head)
    is_even = columns >= _FEWEST_COLUMNS and all(len(row) == columns for row in rows)
    if not is_even or any(keyword.iskeyword(each) or not each.isidentifier() for each in head):
        return False
    cells = [cell for row in rows for cell in row]
    return all(map(_CELL.fullmatch, cells)) and any(map(_NUMBER.fullmatch, cells))

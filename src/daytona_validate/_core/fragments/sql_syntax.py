"""Forms of statements that only another database has, by the word at which PostgreSQL stumbled."""

from __future__ import annotations

import re

from daytona_validate._core.fragments.code_text import bare_lines

_NEAR = re.compile(r'syntax error at or near "(.+?)" ?(?:\(line|$)')
_NO_TYPE = re.compile(r'ERROR: type "(\w+)" does not exist')
_MYSQL = "MySQL"
_FORMS = (
    (r"'.*", r"\bas\s+'", _MYSQL),
    (r"'.*", r"'@'", _MYSQL),
    (r"set", r"^\s*insert\s+into\s+[\w.]+\s+set\b", _MYSQL),
    (
        r"set|begin|if",
        r"^\s*create\s+trigger\b[^;]*\bfor\s+each\s+row\s+(?:set|begin|if)\b",
        _MYSQL,
    ),
    (r"begin", r"^\s*create\s+(?:procedure|function)\b[^;]*\bbegin\b", _MYSQL),
    (r"after|first", r"^\s*alter\s+table\b[^;]*\badd\b", _MYSQL),
    (r"\(", r"\b(?:tinyint|smallint|mediumint|bigint|integer|int)\s*\(\s*\d{1,3}\s*\)", _MYSQL),
    (r"on", r"^\s*drop\s+index\s+\w+\s+on\b", _MYSQL),
    (r"data", r"^\s*load\s+data\b", _MYSQL),
    (r"with", r"\bwith\s+rollup\b", _MYSQL),
    (r"\d+", r"\bdiv\s+\d", _MYSQL),
    (r"\d+", r"\binterval\s+\d+\s+(?:day|week|month|year|hour|minute|second)\b", _MYSQL),
    (r"limit", r"^\s*(?:update|delete)\b[^;]*\blimit\b", _MYSQL),
)
"""What it stumbles over, the form of the statement, and whose that is."""
_READ = tuple(
    (re.compile(near, re.IGNORECASE), re.compile(form, re.IGNORECASE), database)
    for near, form, database in _FORMS
)
_CLAUSE = re.compile(
    r"where|from|group|order|having|on|and|or|limit|join|inner|left|right|union|set", re.IGNORECASE
)
_READ_CHARACTERS = 10_000


def other_syntax(message: str, statement: str) -> str | None:
    """Return the database whose form a statement has; None: it may be a mistake.

    Args:
        message: The error, with its severity.
        statement: What failed.
    """
    statement = statement[:_READ_CHARACTERS].strip()
    near, no_type = _NEAR.search(message), _NO_TYPE.match(message)
    if no_type is not None:
        form = rf"^\s*create\s+table\b[^;]*\b(?:key|index)\s+{no_type[1]}\s*\("
        return _MYSQL if re.match(form, statement, re.IGNORECASE) else None
    if near is None:
        return None
    is_like = ((a.fullmatch(near[1]), b.search(statement), each) for a, b, each in _READ)
    return next((each for is_near, is_form, each in is_like if is_near and is_form), None)


def later_clause(message: str, code: str) -> str | None:
    """Return what a block is that begins with a later clause of a statement."""
    near = _NEAR.search(message)
    first = next(iter("\n".join(bare_lines(code, "sql")).split()), "")
    is_first = near is not None and near[1].lower() == first.lower()
    is_one = is_first and _CLAUSE.fullmatch(first) is not None
    return f"it begins in the middle of a statement: {first}" if is_one else None

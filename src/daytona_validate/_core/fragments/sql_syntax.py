"""Forms of statements that only another database has, by the word at which PostgreSQL stumbled.

The form has to end directly before that word. Where a statement has the word more than once, those
before it must stand where PostgreSQL has nothing against them.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import islice

from daytona_validate._core.fragments.code_text import bare_text

_NEAR = re.compile(r'syntax error at or near "(.+?)" ?(?:\(line|$)')
_NO_TYPE = re.compile(r'ERROR: type "(\w+)" does not exist')
_MYSQL = "MySQL"
_COUNTS = r"(?:tinyint|smallint|mediumint|bigint|integer|int)"
_UNITS = r"(?:day|week|month|year|hour|minute|second)"
_WHERE_IS_WHOLE = r"(?<!\band)(?<!\bor)(?<!\bnot)(?<!\bwhere)(?<!\bset)(?<![=<>(,+*/-])"
_FORMS = (
    (r"'.*", r".*\bas", r"", _MYSQL),
    (r"'.*", r"\s*(?:create|drop|alter)\s+user\b[^;]*", r"@'", _MYSQL),
    (r"'.*", r"\s*(?:grant|revoke)\b[^;]*\b(?:to|from)", r"@'", _MYSQL),
    (r"set", r"\s*insert\s+into\s+[\w.]+", r"", _MYSQL),
    (r"set|begin|if", r"\s*create\s+trigger\b[^;]*\bfor\s+each\s+row", r"", _MYSQL),
    (r"begin", r"\s*create\s+(?:procedure|function)\b[^;]*", r"", _MYSQL),
    (r"after|first", r"\s*alter\s+table\b[^;]*\badd\b[^;]*\w[^;]*", r"", _MYSQL),
    (r"\(", rf"\s*(?:create|alter)\s+table\b[^;]*\b{_COUNTS}", r"\s*\d{1,3}\s*\)", _MYSQL),
    (r"on", r"\s*drop\s+index\s+\w+", r"", _MYSQL),
    (r"data", r"\s*load", r"", _MYSQL),
    (r"with", r"[^;]*\bgroup\s+by\b[^;]*", r"\s*rollup\b", _MYSQL),
    (r"\d+", r".*\bdiv", r"", _MYSQL),
    (r"\d+", r".*\binterval", rf"\s*{_UNITS}\b", _MYSQL),
    (r"limit", rf"\s*(?:update|delete)\b[^;]*{_WHERE_IS_WHOLE}", r"", _MYSQL),
)
"""What it stumbles over, what stands directly before and after that, and whose form it is."""
_IN_ORDER = re.compile(
    r".*\b(?:table(?:\s+if\s+not\s+exists)?|references)\s+[\w.]+\s*"
    r"|.*\b(?:char|varchar|decimal|numeric|key|check|unique|values|in)\s*",
    re.IGNORECASE | re.DOTALL,
)
"""What PostgreSQL allows a value, or a bracket, behind."""
_SIGNS = (*"=<>(,+*/-",)
_LONGEST_BEFORE = 200
_MOST_PLACES = 50
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
    place = _place(near[1], statement)
    if place is None:
        return None
    before, after = statement[:place].rstrip(), statement[place + len(near[1]) :]
    return next(
        (
            database
            for word, form, rest, database in _compiled()
            if word.fullmatch(near[1]) and form.fullmatch(before) and rest.match(after)
        ),
        None,
    )


@cache  # not where it is imported: few runs have SQL that PostgreSQL refuses
def _compiled() -> tuple[tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], str], ...]:
    return tuple((_pattern(a), _pattern(b), _pattern(c), database) for a, b, c, database in _FORMS)


def _pattern(form: str) -> re.Pattern[str]:
    return re.compile(form, re.IGNORECASE | re.DOTALL)


def _place(word: str, statement: str) -> int | None:
    """Return where a statement has the word at which PostgreSQL stumbled; None: nowhere."""
    edge, end = (r"\b" if each.isalnum() else "" for each in (word[0], word[-1]))
    bare = bare_text(statement, "sql")
    text = statement if word[0] == "'" else bare
    places = re.compile(f"{edge}{re.escape(word)}{end}").finditer(text)
    for found in islice(places, _MOST_PLACES):
        before = statement[max(found.start() - _LONGEST_BEFORE, 0) : found.start()]
        is_in_order = before.rstrip().endswith(_SIGNS) or _IN_ORDER.fullmatch(before) is not None
        if word[0].isalpha() or not is_in_order:
            return found.start()
    return None


def later_clause(message: str, code: str) -> str | None:
    """Return what a block is that begins with a later clause of a statement."""
    near = _NEAR.search(message)
    first = next(iter(bare_text(code, "sql").split()), "")
    is_first = near is not None and near[1].lower() == first.lower()
    is_one = is_first and _CLAUSE.fullmatch(first) is not None
    return f"it begins in the middle of a statement: {first}" if is_one else None

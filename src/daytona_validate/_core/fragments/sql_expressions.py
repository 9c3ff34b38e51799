"""Recognizer of an expression in SQL that is shown without a statement around it."""

from __future__ import annotations

import re

from daytona_validate._core.details import cause
from daytona_validate._core.fragments.brackets import is_balanced, outermost
from daytona_validate._core.fragments.code_text import bare_start
from daytona_validate._core.fragments.near_names import is_misspelt
from daytona_validate._models import CodeValidationResult

_NEAR = re.compile(r'ERROR: syntax error at or near "(\w+)"')
_NEAR_FIRST = re.compile(r'ERROR: syntax error at or near "([\w$]+)"')
_FIRST = re.compile(
    r"\s*(\w+)\s*(?:\(|(?<=date)\s|(?<=time)\s|(?<=timestamp)\s|(?<=interval)\s)", re.IGNORECASE
)
_STATEMENTS = frozenset(
    """
    abort alter analyze begin call checkpoint close cluster comment commit copy create deallocate
    declare delete discard do drop end execute explain fetch grant insert listen load lock merge
    move notify prepare reassign refresh reindex release reset revoke rollback savepoint select set
    show start table truncate unlisten update vacuum values with
    """.split()  # noqa: SIM905 - a table of words
)
_FUNCTIONS = frozenset(
    """
    abs array_agg avg cast ceil ceiling char_length coalesce concat concat_ws count current_date
    date date_part date_trunc dense_rank exists exp extract first_value floor format
    generate_series greatest initcap interval json_agg lag last_value lead least left length ln log
    lower lpad ltrim max min mod mode now ntile nullif over position power random rank replace
    reverse right round row row_number rpad rtrim sign split_part sqrt string_agg strpos substr
    substring sum time timestamp to_char to_date to_json to_number to_timestamp translate trim
    trunc upper variance
    """.split()  # noqa: SIM905 - a table of words
)
_CLAUSES = ("from", "where", "into", "values", "table", "group", "order")
_WORD = re.compile(r"[^\W\d]\w*")
_OF_STATEMENTS = re.compile(
    r"\b(?:select|from|where|into|values|set|table|index|view|join|group|order)\b|[;=]",
    re.IGNORECASE,
)


_OF_PROCEDURES = re.compile(
    r"\s*(?:\w+\s*:=|(?:if|elsif|loop|while|for|foreach|raise|return|exit|continue|perform"
    r"|get\s+(?:current\s+)?diagnostics|exception\s+when|execute\s+(?:format|'))\b)",
    re.IGNORECASE,
)
"""What begins a statement of a procedure's body, and no statement of SQL's own."""
_JSON_PATH = re.compile(r"(?:(?:strict|lax)\s+)?\$(?:\s*[.?\[]|$)[^;]*")


def procedure_body(code: str, result: CodeValidationResult) -> str | None:
    """Return what code is whose first statement is one of a procedure's body, or a JSON path."""
    bare = bare_start(code, "sql")
    near = _NEAR_FIRST.match(cause(result.details))
    word = "" if near is None else near[1].casefold()
    if not word or not bare.lstrip().casefold().startswith(word) or not is_balanced(bare):
        return None
    if _OF_PROCEDURES.match(bare):
        return "statements of a procedure's body"
    return "a JSON path" if _JSON_PATH.fullmatch(bare.strip()) else None


def sql_expression(code: str, result: CodeValidationResult) -> str | None:
    """Return what code is that is an expression alone: a call, or a literal with its type.

    A statement with its first word missing or misspelt has others that only statements have, and a
    misspelt function is nearly another.
    """
    bare = bare_start(code, "sql")
    near, first = _NEAR.match(cause(result.details)), _FIRST.match(bare)
    word = "" if first is None else (first[1] or first[2]).lower()
    if near is None or near[1].lower() != word:
        return None
    outer = outermost(bare)
    words = {each.lower() for each in _WORD.findall(outer)} - {word} - _FUNCTIONS
    is_statement = _OF_STATEMENTS.search(outer) is not None
    is_statement = is_statement or any(is_misspelt(each, _CLAUSES) for each in words)
    is_slip = word in _STATEMENTS or is_misspelt(word, _STATEMENTS | _FUNCTIONS)
    is_slip = is_slip and word not in _FUNCTIONS
    is_one = is_balanced(bare) and not is_statement and not is_slip
    return "an expression, without a statement around it" if is_one else None

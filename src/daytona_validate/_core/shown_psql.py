"""Whether the table that a session of psql shows is the one that was printed."""

from __future__ import annotations

import re
from collections.abc import Iterable

from daytona_validate._core.shown_line import ELLIPSES, is_like

FOOTER = re.compile(r"\((\d{1,9}) rows?\)")
"""Last line of a table, as psql prints it."""
ROWS = re.compile(r"\(?(\d{1,9}) rows?\)?")
"""The same as authors write it."""
_TAG = re.compile(
    r"(?:CREATE|DROP|ALTER|TRUNCATE|GRANT|REVOKE|COMMENT|BEGIN|START|COMMIT|ROLLBACK|SAVEPOINT|SET"
    r"|INSERT|UPDATE|DELETE|MERGE|COPY|SELECT)(?: [A-Z]+){0,3}(?: \d{1,20}){0,2}"
)
_INSERTED = re.compile(r"INSERT \d+ (\d+)")
_BESIDE = re.compile(r"(?:NOTICE|WARNING|INFO|HINT|DETAIL|CONTEXT|LINE \d+|Time):|--")
"""What is said beside an output, or by the author."""
PSQL_CHANGES = re.compile(
    r"\b(?:now|random|gen_random\w*|uuid\w*|clock_timestamp|timeofday|age|version|txid\w*|pg_\w+)\s*\("
    r"|\b(?:current_\w+|session_user|local(?:time|timestamp)|tablesample|information_schema)\b"
    r"|^\s*(?:explain|show|\\[a-zA-Z])",
    re.IGNORECASE | re.MULTILINE,
)
"""Prints another text from run to run, or from server to server; or changes how all is printed."""
_PARENTHESES = re.compile(r"\([^()]*\)")
_ORDERED = re.compile(
    r"\border\s+by\b([^;]*?)(?:\b(?:limit|offset|fetch|for)\b|;|\Z)", re.IGNORECASE
)
_DIRECTION = re.compile(r"\s+(?:asc|desc|nulls\s+(?:first|last))\b", re.IGNORECASE)
_MOST_LINES = 500
"""That are compared line by line, with anything in place of an ellipsis."""


def psql_agrees(typed: str, shown: tuple[str, ...], printed: tuple[str, ...]) -> bool:
    """Return whether what is shown was printed, or is not plainly an output of psql's.

    Args:
        typed: The statement. Rows may be in any order, but for the columns that it orders by.
        shown: The lines that the page shows.
        printed: Those that psql wrote.
    """
    want, got = _plain(shown), _plain(printed)
    is_output = any(FOOTER.fullmatch(line) or _TAG.fullmatch(line) for line in want)
    is_output = is_output or any(map(is_rule, shown))
    if not is_output or max(len(want), len(got)) > _MOST_LINES:
        return True
    for pattern in (FOOTER, _TAG):
        if not any(map(pattern.fullmatch, want)):
            got = [line for line in got if not pattern.fullmatch(line)]
    if any(_is_ellipsis(line) for line in want) or _is_cut(want):
        return _has_in_order(got, (line for line in want if not _is_ellipsis(line)))
    if len(want) != len(got) or not all(map(is_like, sorted(got), sorted(want))):
        return False
    return all(map(is_like, *(_ordered_cells(typed, lines) for lines in (got, want))))


def _ordered_cells(typed: str, lines: list[str]) -> list[str]:
    """Return the cells whose order a statement asks for: those of its first keys in the table."""
    header = [name.lower() for name in lines[0].split("|")] if lines else []
    ordered = _ORDERED.search(_PARENTHESES.sub("", typed))
    columns: list[int] = []
    for key in ordered[1].split(",") if ordered else ():
        name = _DIRECTION.sub("", key).strip().rpartition(".")[2].strip('"').lower()
        if name.isdecimal() and 0 < int(name[:9]) <= len(header):
            columns.append(int(name) - 1)
        elif header.count(name) == 1:
            columns.append(header.index(name))
        else:  # an expression: rows that are equal up to it may be in any order
            break
    rows = [row for row in (line.split("|") for line in lines[1:]) if len(row) == len(header)]
    return [row[column] for row in rows for column in columns]


def _plain(lines: Iterable[str]) -> list[str]:
    """Return lines without what only lays out a table, and without what is said beside it."""
    return [
        _INSERTED.sub(r"INSERT 0 \1", "|".join(_cells(line)))
        for line in lines
        if line.strip() and not is_rule(line) and not _BESIDE.match(line.strip())
    ]


def _cells(line: str) -> list[str]:
    text = line.strip()
    is_framed = len(text) > 1 and text[0] == text[-1] == "|"
    return [" ".join(cell.split()) for cell in (text[1:-1] if is_framed else line).split("|")]


def is_rule(line: str) -> bool:
    """Return whether a line is the one under the names of a table."""
    return ("--" in line or "-+-" in line) and not line.strip("-+| ")


def _is_ellipsis(line: str) -> bool:
    words = line.replace("|", " ").split()
    return bool(words) and all(word in ELLIPSES or word == ":" for word in words)


def _is_cut(lines: list[str]) -> bool:
    """Return whether more rows are counted than shown: the author has left some out."""
    counts = [int(found[1]) for found in map(FOOTER.fullmatch, lines) if found]
    return len(counts) == 1 and counts[0] > len(lines) - 2


def _has_in_order(got: list[str], want: Iterable[str]) -> bool:
    rest = iter(got)
    return all(any(is_like(line, each) for line in rest) for each in want)

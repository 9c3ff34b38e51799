"""Rewrites the outputs that comments show, beside the lines that printed them or below."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from daytona_validate._core.shown_line import normal
from daytona_validate._core.shown_output import ShownLine
from daytona_validate._core.shown_psql import ROWS
from daytona_validate._courses.shown_in_comments import printing_lines
from daytona_validate._courses.sql_tables import PrintedTable, printed_tables

_ROWS = re.compile(r"\d{1,9} rows?")
_ENDS_COMMENT = re.compile(r"\*/|\"{3}|'{3}|`|\\u")
"""Ends a comment, or what only looks like one: a string of more lines. Java reads `\\u000a` in a
comment as the end of its line."""
_Pairs = Iterator[tuple[ShownLine, str]]


def comment_updates(
    code: str, language: str, shown: Iterable[ShownLine], printed: tuple[str, ...]
) -> Iterator[tuple[int, str, str]]:
    """Yield lines of code whose comments show another output than was printed.

    Args:
        code: Of the block.
        language: Its name in the table.
        shown: What its comments show.
        printed: The lines of its output.

    Yields:
        The 1-based line, and how it is and should be.
    """
    lines = code.split("\n")
    pairs = _of_sql(code, shown, printed) if language == "sql" else _of(code, shown, printed)
    for one, output in pairs:
        if normal(one.text) == normal(output) or _ENDS_COMMENT.search(output):
            continue
        old = lines[one.line - 1].removesuffix("\r")
        yield one.line, old, _rewritten(old, one.text, output)


def _rewritten(line: str, shown: str, output: str) -> str:
    before, found, after = line.rpartition(shown)
    if not found:  # rows, which may be shown without brackets
        code, mark, comment = line.rpartition("--")
        return code + mark + _ROWS.sub(output.strip("()"), comment, count=1)
    quote = shown[0] if shown[0] == shown[-1] and shown[0] in "'\"" else ""
    return f"{before}{quote}{output}{quote}{after}"


def _of(code: str, shown: Iterable[ShownLine], printed: tuple[str, ...]) -> _Pairs:
    """Yield what is shown of the only line that one line of code printed."""
    printing = printing_lines(code)
    if printing is None or len(printing) != len(printed):
        return
    by_line: dict[int, ShownLine | None] = {}
    for each in shown:
        at = bisect_right(printing, each.line)
        line = printing[at - 1] if at else 0
        by_line[line] = None if line in by_line else each
    for line, output in zip(printing, printed, strict=True):
        one = by_line.get(line)
        if one is not None:
            yield one, output


def _of_sql(code: str, shown: Iterable[ShownLine], printed: tuple[str, ...]) -> _Pairs:
    """Yield what is shown of a table: its number of rows, its only value, or all its lines."""
    tables = printed_tables(code, printed) or ()
    firsts = [each.first for each in tables]
    of_table: dict[int, list[ShownLine]] = {}
    for each in shown:
        at = bisect_right(firsts, each.line) - 1
        of_table.setdefault(at, []).append(each)
    for at, table in enumerate(tables):
        yield from _of_table(of_table.get(at, []), table)


def _of_table(shown: list[ShownLine], table: PrintedTable) -> _Pairs:
    if len(shown) == 1:
        output = table.lines[-1] if ROWS.fullmatch(shown[0].text) else table.value
        if output is not None:
            yield shown[0], output
        return
    names, _, *rest = table.lines
    lines = [line[1:].rstrip() for line in (names, *rest[:-1])] + rest[-1:]
    is_whole = len(shown) in (len(lines), len(lines) - 1)
    if is_whole and normal(shown[0].text) == normal(lines[0]):
        yield from zip(shown, lines, strict=False)

"""Finds the output that comments show: beside a line that prints, or after it.

A comment there may as well be prose. So only what is plainly a value counts: a number, a text in
quotes, a list, a constant; or what a sign such as `=>` introduces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from daytona_validate._core.shown_output import ShownLine
from daytona_validate._core.shown_psql import ROWS

_MARKS = {"python": "#", "sql": "--"}
_OTHER_MARK = "//"
_PRINTS = re.compile(
    r"\b(?:print|println|printf|console\.(?:log|info|debug)|print_r|puts|(?:fmt|System\.out)"
    r"\.[Pp]rint(?:ln|f)?)\s*\("
)
_ADDRESS_OF = re.compile(r"(?<![.\w])(?:id|hash)\s*\(")
"""Returns another number from run to run."""
_SELECTS = re.compile(r"\bselect\b|;\s*$", re.IGNORECASE)
_VALUE = re.compile(
    r"""(?P<value>0x[0-9A-Fa-f]{1,8}(?![0-9A-Fa-f]) | [+-]?\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?n?
      | "[^"]*" | '[^']*' | `[^`]*`
      | (?:True|False|None|true|false|null|undefined|NaN|nil|-?Infinity)
      | \[.*\] | \{.*\} | \(['"\d-].*,.*\))
      (?:\s*$|\s*[,;(]|\s+[-–—]{1,2}\s)""",  # noqa: RUF001 - authors write these dashes
    re.VERBOSE,
)
_SIGN = re.compile(r"(?:#?=>|#?>|(?:Output|Prints|Result|Out)\s*:)\s*", re.IGNORECASE)
_WEAK_SIGN = re.compile(r"(?:->|→|(?:prints|outputs|logs|returns|is)\b:?)\s*", re.IGNORECASE)
_HEADING = re.compile(r"(?:Expected )?(?:Output|Prints|Result)s?\s*:", re.IGNORECASE)
_LONGEST = 500


def can_print(code: str, language: str) -> bool:
    """Whether code has a call in it that prints."""
    return (_SELECTS if language == "sql" else _PRINTS).search(code) is not None


def printing_lines(code: str) -> tuple[int, ...] | None:
    """Return the lines of code that print, if each is known to do so once; else None."""
    lines = list(enumerate(code.split("\n"), 1))
    printing = [(number, line) for number, line in lines if _PRINTS.search(line)]
    is_known = all(_PRINTS.match(line) for _, line in printing)
    return tuple(number for number, _ in printing) if is_known else None


def shown_lines(code: str, language: str) -> Iterator[ShownLine]:
    """Yield the lines of output that comments in code show, in order.

    Args:
        code: A block's.
        language: The language's name in the table.
    """
    mark = _MARKS.get(language, _OTHER_MARK)
    prints = _SELECTS if language == "sql" else _PRINTS
    did_print = has_printed = is_listed = is_ordered = False
    for number, line in enumerate(code.split("\n"), 1):
        if len(line) > _LONGEST or not line.strip():
            is_listed = False
            continue
        if language == "sql" and not line.strip(" \t-+|"):  # it only rules off a table
            continue
        code_before, _, comment = line.rpartition(mark)
        comment = comment.strip()
        if mark in line and not code_before.strip(f" \t{mark[0]}"):
            value = comment if is_listed else _after_code(comment) if did_print else None
            is_listed = is_listed or (has_printed and bool(_HEADING.fullmatch(comment)))
        else:
            is_listed = False
            did_print = bool(prints.search(code_before or line))
            has_printed = has_printed or did_print
            did_print = did_print and not _ADDRESS_OF.search(line)
            is_ordered = language == "sql" or prints.match(line) is not None
            is_beside = mark in line and did_print and code_before.rstrip()[-1:] in (")", ";", ",")
            value = _beside_code(comment, language) if is_beside else None
        if value:
            yield ShownLine(number, value, is_ordered)


def _beside_code(comment: str, language: str) -> str | None:
    rows = ROWS.fullmatch(comment) if language == "sql" else None
    if rows is not None:
        return f"({rows[1]} row{'' if rows[1] == '1' else 's'})"
    sign = _SIGN.match(comment)
    if sign is not None:
        return comment[sign.end() :]
    weak = _WEAK_SIGN.match(comment)
    value = _VALUE.match(comment, weak.end() if weak else 0)
    return None if value is None else value["value"].strip("`")


def _after_code(comment: str) -> str | None:
    """Return what a comment of its own shows, after a line that prints."""
    sign = _SIGN.match(comment)
    return comment[sign.end() :] if sign is not None and not _HEADING.fullmatch(comment) else None

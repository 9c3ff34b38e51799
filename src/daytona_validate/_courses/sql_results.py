"""SQL with the tables that its statements print below them, as pages show both in one block.

It errs towards code: a table stands directly below the end of a statement, its names fit the line
under them, and no row of it ends as statements do. A table of one column, whose lines may be code
as well, is laid out as psql does it.
"""

from __future__ import annotations

import re

from daytona_validate._core.fragments.near_names import is_misspelt
from daytona_validate._core.shown_psql import FOOTER

_RULE = re.compile(r"-+(?:\+-+)*")
_SHORTEST_RULE = 3
_EDGES = 2
"""Blanks beside the longest line of a column, as psql sets them."""
_ALONE = frozenset(
    word
    for word in """
abort analyze begin checkpoint close commit declare end explain fetch insert lock move refresh
reindex release reset rollback savepoint select set show table truncate update vacuum values
""".split()  # noqa: SIM905 - a table of words
)
"""Words that begin a statement, or are one."""
_LEFT_OUT = "\u200b"
"""A blank without width, by which printers break a line that is too long."""


def without_results(code: str) -> str:
    """Return SQL with blank lines for the tables that it shows; as it is, if it shows none."""
    lines = code.split("\n")
    at, above = 1, ""
    while at < len(lines):
        end = _end_of_table(lines, at, above=above)
        if end is None:
            above = lines[at - 1] if lines[at - 1].strip() else above
        else:
            lines[at - 1 : end] = [""] * (end - at + 1)
        at = end or at + 1
    return "\n".join(lines)


def _end_of_table(lines: list[str], rule_at: int, *, above: str) -> int | None:
    """Return the first line below a table by that of its rule; None: there is no table.

    Args:
        lines: Of the block.
        rule_at: Where the rule may be.
        above: The last line above the names of the table that is not blank.
    """
    rule, names = lines[rule_at].replace(_LEFT_OUT, "").rstrip(), lines[rule_at - 1]
    if len(rule.strip()) < _SHORTEST_RULE or not _RULE.fullmatch(rule.strip()):
        return None
    if not _are_names(names, rule) or not _ends_statement(above):
        return None
    end, footer = rule_at + 1, None
    while footer is None and end < len(lines) and lines[end].strip():
        if lines[end].rstrip().endswith(";"):
            return None
        footer = FOOTER.fullmatch(lines[end].strip())
        end += 1
    rows = lines[rule_at + 1 : end if footer is None else end - 1]
    if end == rule_at + 1 or not ("|" in names or _is_column(names, rule, rows, footer)):
        return None
    return end


def _are_names(line: str, rule: str) -> bool:
    """Return whether a line names the columns of a table, by the one below it."""
    names, widths = line.split("|"), rule.strip().split("+")
    is_code = line.lstrip().startswith("--") or ";" in line or not line.strip()
    fits = all(len(a.strip()) <= len(b) for a, b in zip(names, widths, strict=False))
    return not is_code and len(names) == len(widths) and fits


def _is_column(name: str, rule: str, rows: list[str], footer: re.Match[str] | None) -> bool:
    """Return whether lines are a table of one column, and no statement above a comment of dashes.

    The dashes are as long as the longest line and its edges. Below, psql counts the rows; where no
    count is, the name is one word, and none that begins a statement, misspelt or not.
    """
    cells = [each.replace(_LEFT_OUT, "").strip() for each in (name, *rows)]
    if len(rule.strip()) != max(map(len, cells)) + _EDGES:
        return False
    if footer is not None:
        return int(footer[1]) == len(rows)
    word = cells[0].lower()
    return " " not in word and word not in _ALONE and not is_misspelt(word, _ALONE)


def _ends_statement(line: str) -> bool:
    return line.partition("--")[0].rstrip().endswith(";")

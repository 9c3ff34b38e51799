"""SQL with the tables that its statements print below them, as pages show both in one block.

It errs towards code: a table stands directly below the end of a statement, its names fit the line
under them, and no row of it ends as statements do.
"""

from __future__ import annotations

import re

from daytona_validate._core.shown_psql import FOOTER

_RULE = re.compile(r"-+(?:\+-+)*")
_SHORTEST_RULE = 3
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
    end = rule_at + 1
    while end < len(lines) and lines[end].strip():
        if lines[end].rstrip().endswith(";"):
            return None
        end += 1
        if FOOTER.fullmatch(lines[end - 1].strip()):
            break
    return end if end > rule_at + 1 else None


def _are_names(line: str, rule: str) -> bool:
    """Return whether a line names the columns of a table, by the one below it.

    Words that begin where their rule does are code above a comment: an only name stands in from it.
    """
    names, widths = line.split("|"), rule.strip().split("+")
    has_words = len(names) == 1 and " " in line.strip()
    is_statement = has_words and _indent(line) <= _indent(rule)
    is_code = is_statement or line.lstrip().startswith("--") or ";" in line or not line.strip()
    fits = all(len(a.strip()) <= len(b) for a, b in zip(names, widths, strict=False))
    return not is_code and len(names) == len(widths) and fits


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _ends_statement(line: str) -> bool:
    return line.partition("--")[0].rstrip().endswith(";")

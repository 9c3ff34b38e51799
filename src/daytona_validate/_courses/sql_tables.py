"""Which statement of a script printed which table, where that is certain.

It errs towards not knowing: one statement that might print, or print nothing, leaves all in doubt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from daytona_validate._core.shown_psql import FOOTER, is_rule

_PRINTS = re.compile(r"\s*(?:select|values|table|with)\b", re.IGNORECASE)
_SILENT = re.compile(
    r"\s*(?:create|insert|update|delete|drop|alter|set|begin|start|commit|rollback|truncate|grant"
    r"|revoke|comment)\b",
    re.IGNORECASE,
)
_INTO = re.compile(r"\b(?:into|returning)\b", re.IGNORECASE)
_RETURNS = re.compile(r"\breturning\b", re.IGNORECASE)
_IN_DOUBT = ("$", "/*", "\\", '"')


@dataclass(frozen=True, slots=True)
class PrintedTable:
    """What a statement printed."""

    first: int
    """1-based line of the code at which the statement begins."""
    lines: tuple[str, ...]
    """Of the table: its names, its line, its rows; the last tells how many."""

    @property
    def value(self) -> str | None:
        """The only value in it; None: it has more, or none."""
        is_one = len(self.lines) == 4 and "|" not in self.lines[0]  # noqa: PLR2004 - a row
        return self.lines[2].strip() if is_one else None


def printed_tables(code: str, printed: Sequence[str]) -> tuple[PrintedTable, ...] | None:
    """Return the tables that a script printed, in order; None: it is not certain which did.

    Args:
        code: The script.
        printed: The lines of all its output.
    """
    firsts = _printing(code)
    tables: list[tuple[str, ...]] = []
    now: list[str] = []
    for line in filter(str.strip, printed):
        now.append(line)
        if FOOTER.fullmatch(line):
            tables.append(tuple(now))
            now = []
    is_certain = firsts is not None and not now and len(firsts) == len(tables)
    if not is_certain or any(len(each) < 3 or not is_rule(each[1]) for each in tables):  # noqa: PLR2004
        return None
    return tuple(map(PrintedTable, firsts or (), tables))


def _printing(code: str) -> list[int] | None:
    """Return the lines at which statements begin that print a table."""
    firsts: list[int] = []
    for first, text in _statements(code):
        if any(sign in text for sign in _IN_DOUBT) or ";" in text[:-1] or text[-1:] != ";":
            return None
        if _PRINTS.match(text) and not _INTO.search(text):
            firsts.append(first)
        elif not _SILENT.match(text) or _RETURNS.search(text):
            return None
    return firsts


def _statements(code: str) -> Iterator[tuple[int, str]]:
    """Yield each statement without comments, with its first line; lines of two are in one."""
    first, parts = 0, list[str]()
    for number, line in enumerate(code.split("\n"), 1):
        text, _, _ = line.partition("--")
        text = text.strip()
        if text.count("'") % 2:  # a text of more lines, or with `--` in it
            text += "\\"
        if text and not parts:
            first = number
        parts += [text] if text else []
        if text.endswith((";", "\\")):
            yield first, " ".join(parts)
            parts = []
    if parts:
        yield first, " ".join(parts)

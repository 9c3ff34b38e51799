"""Codes that never run before others: they could read what their session's driver keeps to itself.

A script of SQL may start programs, and those read the seal of the report. Nothing tells for certain
what a script will do (it may put a statement together), so it errs towards leaving one out: such a
block runs in a sandbox of its own, and the others run without it.
"""

from __future__ import annotations

import re

_SQL = re.compile(
    r"\\!"
    r"|\\[a-z][^\n`]{0,500}`"
    r"|\\(?:o|out|g|gx|w|write)\b[^\n|]{0,500}\|"
    r"|\bprogram\b[\s/*-]{0,80}(?:[eu]&?)?['$]"
    r"|/proc\b"
    r"|\bpg_read_\w{0,20}file\b|\blo_import\b",
    re.IGNORECASE,
)


def is_outsider(code: str, language: str) -> bool:
    """Return whether a code is kept out of what runs before others.

    Args:
        code: The block's.
        language: Its name in the table.
    """
    return language == "sql" and _SQL.search(code) is not None

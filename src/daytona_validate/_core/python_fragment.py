"""Python that was never meant as a program: notebook cells and interactive sessions."""

from __future__ import annotations

import re

from daytona_validate._core.error_style import Diagnosis

_SESSION_LINE = re.compile(r"\s*(?:>>>|In \[\d+\]:)(?:\s|$)")
_NOTEBOOK_LINE = re.compile(
    r"\s*(?:\w+\s*=\s*)?(?:%{1,2}|!{1,2}|\?{1,2})\s*\w|\s*\w[\w.]*\?{1,2}\s*$"
)
_LINE_END = re.compile(r"\r\n|\r|\n")  # what ends a line of Python, unlike str.splitlines


def python_fragment(code: str, diagnosis: Diagnosis) -> str | None:
    """Return what a rejected program is, if the very line that was rejected says so, else None.

    Only that line counts, so that no mistake is excused by a magic elsewhere.
    """
    lines = _LINE_END.split(code)
    if diagnosis.line is None or not 0 < diagnosis.line <= len(lines):
        return None
    line = lines[diagnosis.line - 1]
    if _SESSION_LINE.match(line):
        return "an interactive session, not a program"
    if _NOTEBOOK_LINE.match(line):
        return "a notebook magic or shell line"
    return None

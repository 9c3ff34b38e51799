"""Python that was never meant as a program: notebook cells and interactive sessions."""

from __future__ import annotations

import re

from daytona_validate._core.languages.error_style import Diagnosis

_SESSION_LINE = re.compile(r"\s*(?:>>>|In \[\d+\]:)(?:\s|$)")
_NOTEBOOK_LINE = re.compile(
    r"\s*(?:\w+\s*=\s*)?(?:%{1,2}|!{1,2}|\?{1,2})\s*\w|\s*\w[\w.]*\?{1,2}\s*$"
)
_SESSION = "an interactive session, not a program"
_LINE_END = re.compile(r"\r\n|\r|\n")  # what ends a line of Python, unlike str.splitlines


def python_fragment(code: str, diagnosis: Diagnosis) -> str | None:
    """Return what a rejected program is, if the very line that was rejected says so, else None.

    Only that line counts, so that no mistake is excused by a magic elsewhere; and the first
    line that is not blank, if it is a prompt, for nothing that begins with one was ever meant as
    a program, while Python may reject what a later line shows as output.
    """
    lines = _LINE_END.split(code)
    if _SESSION_LINE.match(next(filter(str.strip, lines), "")):
        return _SESSION
    if diagnosis.line is None or not 0 < diagnosis.line <= len(lines):
        return None
    line = lines[diagnosis.line - 1]
    if _SESSION_LINE.match(line):
        return _SESSION
    if _NOTEBOOK_LINE.match(line):
        return "a notebook magic or shell line"
    return None

"""Tracebacks that point into the page: its path and its line, in place of our file and its line."""

from __future__ import annotations

import re

from daytona_validate._courses.course_snippet import CourseSnippet

_PLACES = {
    "python": re.compile(
        r'(?P<start>File ")(?:/[^"\n]{0,200}/)?main\.py(?P<to>", line )(?P<line>\d{1,7})\b'
    ),
    "javascript": re.compile(
        r"(?P<start>)(?:file://)?/[\w/.-]{0,200}/index\.js(?P<to>:)(?P<line>\d{1,7})\b"
    ),
}
"""How runtimes name a line of the code, by language; a compiler's words are left alone."""


def with_page_lines(error: str | None, course: CourseSnippet, *, language: str) -> str | None:
    """Return what a block wrote to stderr with its own lines as those of its page.

    Args:
        error: What it wrote.
        course: The block. Of one whose code was changed before it ran, nothing is replaced.
        language: The table's name of its language.
    """
    place, location = _PLACES.get(language), course.snippet.location
    is_changed = course.earlier_code is not None or course.page is None
    if error is None or place is None or location is None or is_changed:
        return error
    first = 1 if course.code_line is None else course.code_line
    cell = "" if location.cell is None else f":cell[{location.cell}]"

    def shown(found: re.Match[str]) -> str:
        line = int(found["line"]) + first - 1
        return f"{found['start']}{location.path}{cell}{found['to']}{line}"

    return place.sub(shown, error)

"""Fingerprints of blocks with all that may run before them: what has changed if one is another.

It errs towards change: a block after one that has changed has changed, whether it needs it or not.
"""

from __future__ import annotations

import hashlib

from daytona_validate._core.languages.table import find_language
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._courses.input_fingerprint import input_fingerprint


class PageFingerprints:
    """Hash chain of one file: each block's goes on from those of its language above it."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}
        """By language."""
        self._sections: dict[str, dict[str, int]] = {}
        """By language: the headings above its blocks, numbered. Their words do not count."""

    def next(self, course: CourseSnippet) -> str:
        """Return the fingerprint of the next snippet of the file; a record's is its own alone."""
        language = find_language(course.snippet.language)
        name = course.snippet.language if language is None else language.name
        above = "" if course.page is None else self._above.get(name, "")
        marks = course.marks
        sections = self._sections.setdefault(name, {})
        own = (
            input_fingerprint(course),
            (marks.timeout_s, marks.file, marks.session, marks.continues, marks.stands_alone),
            sorted(marks.words),
            course.is_cell,
            sections.setdefault(course.section, len(sections)),
        )
        content = f"{above}\0{own!r}".encode(errors="surrogatepass")
        self._above[name] = found = hashlib.sha256(content).hexdigest()
        return found

"""Fingerprints of blocks with all of their page that may count for them.

It errs towards change: a block after one that has changed has changed, whether it needs it or not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from daytona_validate._core.languages.table import find_language
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._courses.input_fingerprint import input_fingerprint
from daytona_validate._courses.words_below import words_below, words_in


def page_fingerprints(page: Sequence[CourseSnippet]) -> list[str]:
    """Return a fingerprint for each snippet of a file, in their order.

    Of a block, all that stands above it in its language counts, what it may owe to those below
    it, what the page says around it, and each block that is a file. A record counts for itself.
    """
    chain, files = _Chain(), _files(page)
    below = words_below(page)
    return [
        _hash(chain.next(course), *(() if course.page is None else (files, at)))
        for course, at in zip(page, below, strict=True)
    ]


def page_fingerprint(page: Sequence[CourseSnippet]) -> str:
    """Return a fingerprint of all blocks of a page together."""
    chain = _Chain()
    return _hash(_files(page), *map(chain.next, page))


class _Chain:
    """Hash chain of one file: each block's goes on from those of its language above it."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}
        """By language."""
        self._sections: dict[str, dict[str, int]] = {}
        """By language: the headings above its blocks, numbered. Their words do not count."""

    def next(self, course: CourseSnippet) -> str:
        language = find_language(course.snippet.language)
        name = course.snippet.language if language is None else language.name
        above = "" if course.page is None else self._above.get(name, "")
        sections = self._sections.setdefault(name, {})
        own = (
            input_fingerprint(course),
            replace(course.marks, snippet_id=None, words=frozenset()),
            sorted(course.marks.words),
            course.is_cell,
            course.context,
            (course.is_output, course.above),
            sorted(course.named & words_in(course.page_code)) if course.named else [],
            sections.setdefault(course.section, len(sections)),
        )
        self._above[name] = found = _hash(above, own)
        return found


def _files(page: Sequence[CourseSnippet]) -> str:
    """Return a hash of the blocks that are files: any block may import one."""
    files = {
        (each.snippet.language, each.marks.file): each.snippet.code
        for each in page
        if each.marks.file is not None
    }
    return _hash(sorted(files.items()))


def _hash(*content: object) -> str:
    return hashlib.sha256(repr(content).encode(errors="surrogatepass")).hexdigest()

"""Fingerprint of a snippet's whole input: its code, and all else that its verdict is asked of."""

from __future__ import annotations

import hashlib

from daytona_validate._core.fingerprint import fingerprint
from daytona_validate._courses.course_snippet import CourseSnippet

_DIGITS = 24


def input_fingerprint(course: CourseSnippet) -> str:
    """Return a hash of a snippet's code, what it is given and what it must do.

    Neither its place counts, nor its time limit, nor what runs before it.

    Returns:
        96 bits, in hexadecimal digits.
    """
    snippet = course.snippet
    asked = (
        fingerprint(snippet.language, course.page_code),
        snippet.code if course.code else None,
        snippet.source,
        snippet.stdin,
        sorted(snippet.files.items()),
        snippet.args,
        snippet.expected_output,
        snippet.compare,
        (course.shown.lines, course.shown.whole, course.shown.cell),
        snippet.run_tests,
        snippet.until_listening,
        *(("must_reach_end",) if snippet.must_reach_end else ()),
        snippet.check_only,
        snippet.should_fail,
        snippet.skip,
        snippet.not_runnable,
        snippet.unreadable,
    )
    content = repr(asked).encode(errors="surrogatepass")
    return hashlib.sha256(content).hexdigest()[:_DIGITS]

"""What a block may owe to those below it on its page: a name that they define, or nearly have.

It errs towards change: a word in a string or a comment counts as any other.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from daytona_validate._core.fragments.near_names import slip_keys
from daytona_validate._core.languages.table import find_language
from daytona_validate._courses.course_snippet import CourseSnippet

_WORD = re.compile(r"[^\W\d][\w$]*")
_DEFINED = re.compile(
    r"\b(?:def|class|import|from|as|func|type|var|let|const|function\*?|interface|enum|namespace"
    r"|record|struct|table|view|into|exists)[ \t]{1,9}([^\W\d][\w$]*)"
    r"|^[ \t]{0,40}([^\W\d][\w$]*)[ \t]{0,9}:?="
    r"|[\w>\]][ \t]{1,9}([^\W\d][\w$]*)[ \t]?\(",
    re.IGNORECASE | re.MULTILINE,
)
"""What looks as if it made a name."""
_HASH_BYTES = 8


def words_in(code: str) -> frozenset[str]:
    """Return all words of some code, those of its strings and comments too."""
    return frozenset(_WORD.findall(code))


def words_below(page: Sequence[CourseSnippet]) -> list[str]:
    """Return, for each block of a page, a hash of what is below it of the words that it has.

    Another spelling counts as well, and whether a word is defined there.

    Args:
        page: The blocks in order; those of each language are looked at for themselves.
    """
    below = defaultdict[str, _Below](_Below)
    found = [""] * len(page)
    for position in reversed(range(len(page))):
        snippet, code = page[position].snippet, page[position].page_code
        language = find_language(snippet.language)
        seen = below[snippet.language if language is None else language.name]
        found[position] = hashlib.sha256(repr(seen.of(words_in(code))).encode()).hexdigest()
        seen.add(code)
    return found


class _Below:
    """Index of the words of some blocks."""

    def __init__(self) -> None:
        self._facts: set[str] = set()
        self._by_key: dict[str, int] = {}
        """For each key of a word, a hash of all that is known of such words."""

    def of(self, words: frozenset[str]) -> list[tuple[str, int]]:
        """Return what is known of words, and of those that one may be a slip for."""
        keys = {key for word in words for key in slip_keys(word)}
        return sorted((key, self._by_key[key]) for key in keys & self._by_key.keys())

    def add(self, code: str) -> None:
        """Add a block."""
        for fact, word in _facts(code):
            if fact in self._facts:
                continue
            self._facts.add(fact)
            own = int.from_bytes(hashlib.sha256(fact.encode()).digest()[:_HASH_BYTES])
            for key in {*slip_keys(word)}:
                self._by_key[key] = self._by_key.get(key, 0) ^ own


def _facts(code: str) -> Iterator[tuple[str, str]]:
    """Yield what is known of each word: that it is there, and that it is defined."""
    for word in words_in(code):
        yield word, word
    for found in _DEFINED.findall(code):
        word = "".join(found)
        yield f"={word}", word

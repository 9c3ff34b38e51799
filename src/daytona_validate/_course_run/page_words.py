"""The words of a page's code: what a name that nothing defines may be a slip of the pen for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice

from daytona_validate._core.fragments.code_text import bare_text

_MOST_WORDS = 5000
"""Of a page; what has more is judged without them."""
_WORD = re.compile(r"[^\W\d][\w$]*")


def words_of_page(codes: Iterable[str], language: str) -> frozenset[str] | None:
    """Return the words of a page's code, without strings and comments; None: there are too many."""
    words = frozenset(islice(_words(codes, language), _MOST_WORDS + 1))
    return words if len(words) <= _MOST_WORDS else None


def _words(codes: Iterable[str], language: str) -> Iterator[str]:
    seen: set[str] = set()
    for code in codes:
        new = words_of(code, language) - seen
        seen |= new
        yield from new


@lru_cache(maxsize=512)  # a page's blocks are read again for each that fails
def words_of(code: str, language: str) -> frozenset[str]:
    """Return the words of one block."""
    return frozenset(found[0] for found in _WORD.finditer(bare_text(code, language)))

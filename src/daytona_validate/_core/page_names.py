"""Where on its page a name may come from that a block lacks: what answers it depends on that.

It goes by words, as no language is parsed here. It only chooses which advice is given.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

_WORD = re.compile(r"\w+")
_CODE_CHARACTERS = 20_000
_WORDS_KEPT = 500


class Origin(IntEnum):
    """Origin of a name: the earlier blocks that have it, by how they ended; the last wins."""

    NOWHERE = 0
    """No earlier block has it."""
    RAN = 1
    """One that ran."""
    FAILED = 2
    """One that failed."""
    PACKAGE = 3
    """One that needs a package, or a name of such a one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageBlock:
    """Block of a page, as far as others look for a name in it."""

    page: str
    language: str
    index: int
    """Position in the source, from 0."""
    words: frozenset[str]
    lacks: str | None
    """The name that it failed for want of; None: it did not."""
    ended: Origin


def words_of(text: str) -> frozenset[str]:
    """Return the words of code, as many as are looked at."""
    found = dict.fromkeys(match[0] for match in _WORD.finditer(text, 0, _CODE_CHARACTERS))
    return frozenset(list(found)[:_WORDS_KEPT])


def origins(blocks: Iterable[PageBlock]) -> dict[int, Origin]:
    """Return where each block's missing name may come from, by the block's index."""
    found: dict[int, Origin] = {}
    names: dict[tuple[str, str], dict[str, Origin]] = {}
    for block in sorted(blocks, key=lambda each: each.index):
        known = names.setdefault((block.page, block.language), {})
        lacks = words_of(block.lacks or "")
        ended = block.ended
        if block.lacks is not None:
            seen = (known.get(word, Origin.NOWHERE) for word in lacks)
            found[block.index] = origin = min(seen, default=Origin.NOWHERE)
            ended = max(ended, origin)
        for word in block.words - lacks:
            known[word] = max(known.get(word, Origin.NOWHERE), ended)
    return found

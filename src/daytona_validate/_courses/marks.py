"""What authors say about a block beside its code: marks, in our spelling and in those of peers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Marks of one block, whatever their spelling was."""

    skip: str | None = None
    """The mark that leaves it out, as written; None: none does."""
    check_only: bool = False
    """It is compiled or checked, and not run."""
    should_fail: str | None = None
    """It is meant to fail: with this in its cause; empty: in any way. None: it is not."""
    timeout_s: float | None = None
    snippet_id: str | None = None
    file: str | None = None
    """The file that it is, by its title or its first line: blocks of a page that are files of one
    program see one another."""
    session: str | None = None
    """The name of the session that it belongs to; None: that of its page."""
    requires: str | None = None
    """The version of its language that it needs at least, such as `3.13`."""
    continues: bool = False
    """It is meant to run after the block before it."""
    stands_alone: bool = False
    """It is never run after others."""
    words: frozenset[str] = frozenset()
    """All words and classes of its info string, attributes, comments and tags, for selection."""


def plain_word(word: str) -> str:
    """Return a word as the tables of spellings and `Marks.words` have it."""
    return word.strip(".#:%").lower().replace("_", "-")


NO_MARKS = Marks()

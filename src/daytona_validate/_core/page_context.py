"""What a page says directly around a block, as far as it tells how the block is to be judged."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PageContext:
    """Context of a block on its page: the prose and the outputs that stand beside it."""

    before: str = ""
    """The paragraph directly before it, in one line."""
    after: str = ""
    """The paragraph directly after it, in one line."""
    captions: tuple[str, ...] = ()
    """Of the blocks directly after it that show its output."""
    outputs: tuple[str, ...] = ()
    """What these show; of a notebook's cell, the error that it has stored."""
    fence: str = ""
    """What a fence in no known language shows that stands near below it, perhaps after prose."""


NO_CONTEXT = PageContext()

"""What a page says around each of its blocks, by the blocks that stand beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from daytona_validate._core.page_context import PageContext
from daytona_validate._courses.block import Block
from daytona_validate._courses.page import Page

_OUTPUT = re.compile(
    r"[\W_]{0,40}(?:the )?outputs?(?: is)?[\W_]{0,40}(?:\([^()]{0,80}\))?[\W_]{0,40}", re.IGNORECASE
)
"""Caption of an output, such as `**Output (Python 3.12):**`."""
_OUTPUT_WORDS = frozenset(
    {
        *("", "console", "none", "out", "output", "plain", "plaintext", "py3tb", "pytb", "stderr"),
        *("stdout", "text", "traceback", "txt"),
    }
)
_MOST_OUTPUTS = 3
_FURTHEST = 4
"""Lines from a block to the next that may show its output: a caption, and blank ones around it."""
_NEAR_LINES = 8
"""How far below a block the error may be shown, after a sentence."""
_LONGEST_OUTPUT = 4000


def is_caption_of_output(caption: str) -> bool:
    """Return whether a caption says of a block that it is an output."""
    return _OUTPUT.fullmatch(caption) is not None


def context_of(page: Page, number: int) -> PageContext:
    """Return what a page says around one of its blocks.

    Args:
        page: The page.
        number: The block's place on it, from 0.
    """
    block = page.blocks[number]
    outputs = tuple(_outputs(page, number))
    stored = block.stored_output
    shown = tuple(each.code[:_LONGEST_OUTPUT] for each in outputs)
    if stored is not None and stored.raised:
        shown = (f"{stored.raised}: {stored.message}".split("\n")[0][:_LONGEST_OUTPUT],)
    return PageContext(
        before=block.above,
        after=block.below,
        captions=tuple(each.caption for each in outputs),
        outputs=shown,
        fence=_fence_below(page, number),
    )


def _fence_below(page: Page, number: int) -> str:
    """Return the fence that stands near below a block and is in no language; "": there is none."""
    block, below = page.blocks[number], page.blocks[number + 1 : number + 2]
    if not below or below[0].language is not None or below[0].section != block.section:
        return ""
    is_near = 0 < below[0].location.line - block.end_line <= _NEAR_LINES
    return below[0].code[:_LONGEST_OUTPUT] if is_near else ""


def _outputs(page: Page, number: int) -> Iterator[Block]:
    last = page.blocks[number]
    for block in page.blocks[number + 1 : number + 1 + _MOST_OUTPUTS]:
        apart = block.location.line - last.end_line
        is_next = block.location.cell is None and 0 < apart <= _FURTHEST + 1
        is_output = is_caption_of_output(block.caption) or (
            apart <= 2 and block.info.word.lower() in _OUTPUT_WORDS  # noqa: PLR2004 - a blank one
        )
        if not is_next or not is_output:
            return
        yield block
        last = block

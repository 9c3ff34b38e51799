"""The snippets of a page: which of its blocks are run, and with what.

It sees the whole page, for a block may be told about by its front matter, by the fence after it
that shows its output, and by other blocks that are files of the same program.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from daytona_validate._core.shown_cell import ShownCell
from daytona_validate._core.shown_output import NOTHING_SHOWN, ShownOutput
from daytona_validate._courses.block import Block, BlockKind
from daytona_validate._courses.block_context import context_of, is_caption_of_output
from daytona_validate._courses.block_snippet import course_snippet_of
from daytona_validate._courses.cell_output import shown_cells
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._courses.page import Page
from daytona_validate._courses.shown_in_comments import can_print, shown_lines

_OUTPUT_WORDS = {
    **dict.fromkeys(("", "text", "txt", "plain", "plaintext", "console", "none"), 2),
    **dict.fromkeys(("output", "out", "stdout"), 4),
}
"""Words of a fence that may show an output, with how many lines further down it may begin."""
_NO_OUTPUTS = ("$ ", "Traceback ", "> ")
"""What a fence begins with that shows something else."""
_OUTPUTS_KEYS = ("daytona-validate.outputs", "daytona.outputs")


def snippets_of_page(
    page: Page, *, strip: Sequence[str] = (), outputs: Sequence[str] = ()
) -> tuple[CourseSnippet | None, ...]:
    """Return the snippet of each block of a page, in order; None for a block that is none.

    Args:
        page: The page.
        strip: What its builder takes out of code, such as `*!*`.
        outputs: Which outputs that it shows are compared: `comments`, `fences`, `notebook`. Its
            front matter may name others.
    """
    named = " ".join(page.front_matter.get(key, "") for key in _OUTPUTS_KEYS)
    kinds = frozenset(named.replace(",", " ").split() or outputs)
    cells = (
        shown_cells(page.blocks, page.front_matter)
        if "notebook" in kinds
        else [None] * len(page.blocks)
    )
    return tuple(
        _snippet(page, number, strip=strip, kinds=kinds, cell=cell)
        for number, cell in enumerate(cells)
    )


def _snippet(
    page: Page,
    number: int,
    *,
    strip: Sequence[str],
    kinds: Collection[str],
    cell: ShownCell | None,
) -> CourseSnippet | None:
    block = page.blocks[number]
    if block.language is None:
        return None
    course = course_snippet_of(
        block, language=block.language, front_matter=page.front_matter, strip=strip
    )
    course = replace(course, context=context_of(page, number))
    if course.earlier_code is not None:  # a session shows its own
        return course
    following = page.blocks[number + 1 : number + 2]
    course = replace(
        course,
        is_output=number > 0 and is_caption_of_output(block.caption),
        above=_code_above(page.blocks[number - 1], block) if number else "",
        named=page.named,
    )
    return _with_shown(course, block, following, kinds, cell) if kinds else course


def _code_above(above: Block, block: Block) -> str:
    """Return the code of Python directly above a block, with a blank line between at most."""
    apart = block.location.line - above.end_line
    is_next = above.kind is not BlockKind.CELL and 0 < apart <= 2  # noqa: PLR2004 - a blank one
    return above.code if is_next and above.language == "python" else ""


def _with_shown(
    course: CourseSnippet,
    block: Block,
    following: Sequence[Block],
    kinds: Collection[str],
    cell: ShownCell | None,
) -> CourseSnippet:
    snippet, stored = course.snippet, block.stored_output
    shown = NOTHING_SHOWN
    if "comments" in kinds:
        shown = ShownOutput(lines=tuple(shown_lines(snippet.code, snippet.language)))
    if "fences" in kinds and following and can_print(snippet.code, snippet.language):
        whole = _output_after(block, following[0])
        whole_line = None if whole is None else following[0].code_line
        shown = replace(shown, whole=whole, whole_line=whole_line)
    if "notebook" in kinds and stored is not None:
        shown = replace(shown, cell=cell)
        should_fail = stored.raised if snippet.should_fail is None else snippet.should_fail
        snippet = replace(snippet, should_fail=should_fail)
    return replace(course, snippet=snippet, shown=shown)


def _output_after(block: Block, following: Block) -> str | None:
    """Return the output that the fence after a block shows, if that stands directly after it."""
    apart = _OUTPUT_WORDS.get(following.info.word, 0)
    is_near = 0 < following.location.line - block.end_line <= apart
    is_output = is_near and bool(following.code.strip())
    return following.code if is_output and not following.code.startswith(_NO_OUTPUTS) else None

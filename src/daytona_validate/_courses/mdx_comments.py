"""Parser plugin for comments of MDX, `{/* … */}`, which Markdown does not know.

Also where the page's name ends in `.md`: Docusaurus reads such pages as MDX, and nobody else begins
a line with `{/*`. The parser says where a line may begin a comment: in no fence, at any depth of
lists and quotes. What looks like a block in a comment is counted by those who look for such.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, html_block

MDX_COMMENT = "mdx_comment"
"""The type of its tokens."""
_BEGIN, _END = "{/*", "*/"
_CODE_INDENT = 4
_BEGINS = re.compile(r"^[ \t>]*\{/\*", re.MULTILINE)
_LITERAL = re.compile(r"<(?:!|\?|(?:pre|script|style|textarea)\b)", re.IGNORECASE)
"""HTML that ends at an end of its own; what begins with any other tag ends at a blank line."""


def mdx_comments_plugin(parser: MarkdownIt) -> None:
    """Add the comments as a rule of their own."""
    ends = ["paragraph", "reference", "blockquote", "list"]
    parser.block.ruler.before("fence", "mdx_comment", _comment, {"alt": ends})
    parser.block.ruler.at("html_block", _html_block, {"alt": ends[:-1]})


@dataclass(slots=True)
class _CommentPlaces:
    """Where comments may begin and end: looked up once a page, for it may have very many."""

    begins: list[int]
    ends: list[int]
    outside: tuple[int, int] = (0, 0)
    """The line where a comment was last given up, and the indentation that goes on before it."""


def _places(state: StateBlock) -> _CommentPlaces:
    places: _CommentPlaces | None = state.env.get("mdx_comments")
    if places is None:
        begins = [found.end() - len(_BEGIN) for found in _BEGINS.finditer(state.src)]
        ends = [found.start() for found in re.finditer(re.escape(_END), state.src)]
        places = state.env["mdx_comments"] = _CommentPlaces(begins, ends)
    return places


def _comment(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """Take the lines of a comment, up to the one that it ends in, if it does."""
    start = state.bMarks[start_line] + state.tShift[start_line]
    is_code = state.sCount[start_line] - state.blkIndent >= _CODE_INDENT
    if is_code or not state.src.startswith(_BEGIN, start):
        return False
    last = _last_line(state, start_line, start)
    if last is None or _leaves_container(state, start_line, last, end_line):
        return False
    if not silent:
        state.line = last + 1
        token = state.push(MDX_COMMENT, "", 0)
        token.map = [start_line, state.line]
        token.content = state.src[start : state.eMarks[last]]
        token.hidden = True
    return True


def _last_line(state: StateBlock, line: int, start: int) -> int | None:
    """Return the line in which the first end after a beginning is."""
    ends = _places(state).ends
    found = bisect_left(ends, start + len(_BEGIN))
    return None if found == len(ends) else bisect_left(state.eMarks, ends[found], lo=line)


def _leaves_container(state: StateBlock, first: int, last: int, end_line: int) -> bool:
    """Tell whether a line before the end lies outside of the list or quote of the beginning."""
    places = _places(state)
    outside, indent = places.outside
    if first < outside <= last and indent <= state.blkIndent:
        return True
    for line in range(first + 1, last + 1):
        if line >= end_line:
            places.outside = (line, 0)
            return True
        if state.sCount[line] < state.blkIndent and not state.isEmpty(line):
            places.outside = (line, state.blkIndent)
            return True
    return False


def _html_block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """Take HTML up to a comment at most: to MDX a tag is no reason to read on to a blank line."""
    start = state.bMarks[start_line] + state.tShift[start_line]
    if not _LITERAL.match(state.src, start):
        places = _places(state)
        found = bisect_left(places.begins, start)
        if found < len(places.begins) and places.ends:
            begins_in = bisect_left(state.eMarks, places.begins[found], lo=start_line)
            end_line = min(end_line, max(begins_in, start_line + 1))
    return html_block(state, start_line, end_line, silent)

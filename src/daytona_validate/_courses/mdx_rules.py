"""Parser rules for MDX: nothing is code by its indentation, and tags hold Markdown.

So a fence may stand anywhere: right under a tag, and at any depth. Of a tag only its own lines
are taken, and what it holds is parsed as if it stood alone.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock

_TAG = re.compile(r"<(?:/?[A-Za-z][\w.:-]*(?=[\s/>{]|$)|/?>)")
_LITERAL = re.compile(r"<(?:pre|script|style|textarea)\b", re.IGNORECASE)
_UNDERLINE = re.compile(r"(?:=+|-+)[ \t]*")
_PARTS = re.compile(r"[\"'`{}>\\]")
_MOST_LINES = 20
"""Of one tag with its attributes; one that is longer is taken for a line of text."""


def mdx_rules_plugin(parser: MarkdownIt) -> None:
    """Make a parser of Markdown one of MDX."""
    parser.block.ruler.disable(["code", "lheading", "reference"])
    parser.block.ruler.before("html_block", "mdx_tag", _tag, {"alt": []})
    parser.block.ruler.at("paragraph", _paragraph)


def _text(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _tag(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """Take the lines of one tag."""
    text = _text(state, start_line)
    if silent or not _TAG.match(text) or _LITERAL.match(text):
        return False
    open_marks: list[str] = []
    for line in range(start_line, min(start_line + _MOST_LINES, end_line)):
        if _ends(_text(state, line), open_marks):
            state.line = line + 1
            return True
    state.line = start_line + 1
    return True


def _ends(text: str, open_marks: list[str]) -> bool:
    """Tell whether a tag ends in a line; what is open after it, the innermost last, is updated."""
    for found in _PARTS.finditer(text):
        mark = found.group()
        inner = open_marks[-1] if open_marks else ""
        if inner in ("'", '"', "`"):
            if mark == inner:
                open_marks.pop()
        elif mark in "\"'`{":
            open_marks.append(mark)
        elif mark == "}" and inner:
            open_marks.pop()
        elif mark == ">" and not inner:
            return True
    return False


def _paragraph(state: StateBlock, start_line: int, end_line: int, _silent: bool) -> bool:
    """Take a paragraph, or a heading that is underlined: no line belongs to it by its indent."""
    rules = state.md.block.ruler.getRules("paragraph")
    outer, state.parentType = state.parentType, "paragraph"
    line = start_line + 1
    underline = None
    while line < end_line and not state.isEmpty(line):
        underline = _UNDERLINE.fullmatch(_text(state, line))
        if underline is not None and state.sCount[line] >= state.blkIndent:
            break
        underline = None
        if state.sCount[line] >= 0 and any(rule(state, line, end_line, True) for rule in rules):
            break
        line += 1
    state.parentType = outer
    kind = "paragraph" if underline is None else "heading"
    tag = "p" if underline is None else "h1" if underline.group().startswith("=") else "h2"
    state.line = line if underline is None else line + 1
    opening = state.push(f"{kind}_open", tag, 1)
    opening.map = [start_line, state.line]
    inline = state.push("inline", "", 0)
    inline.content = state.getLines(start_line, line, state.blkIndent, False).strip()
    inline.map = [start_line, line]
    inline.children = []
    state.push(f"{kind}_close", tag, -1)
    return True

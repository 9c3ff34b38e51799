"""Parser rules for containers: what stands in them is parsed as a page of its own.

* MkDocs: `!!! note`, `??? note`, `=== "Tab"`, whose bodies are indented by four; and `/// note`,
  of which only that line is taken, for its body is not indented.
* MyST: directives between backticks, whose bodies are Markdown (`{note}`), to any depth.
* A fence that is indented too far for the list it is in: nobody writes about fences there.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, fence

from daytona_validate._core.fence_line import fence_line
from daytona_validate._courses.directives import has_markdown

_ENDS = ["paragraph", "reference", "blockquote", "list"]
_INDENTED = re.compile(r"(?:!!!|\?\?\?\+?)[ \t]*[\w\"'].*|===[!+]{0,2}[ \t]+[\"'].*")
_BODY_INDENT = 4
_LINE = re.compile(r"/{3,}(?:[ \t]+[\w-].*)?")
_DIRECTIVE = re.compile(r"(?P<marks>`{3,}|~{3,})[ \t]*\{(?P<name>[^\s{}]+)\}.*")
_DIRECTIVE_OPTION = re.compile(r":[\w-]+:(?:\s.*)?")
_CODE_INDENT = 4


def nested_rules_plugin(parser: MarkdownIt) -> None:
    """Add the containers of MkDocs and MyST."""
    before = parser.block.ruler.before
    before("fence", "indented_container", _indented_container, {"alt": _ENDS})
    before("fence", "slash_line", _slash_line, {"alt": _ENDS})
    before("fence", "directive", _directive, {"alt": _ENDS})
    before("code", "deep_fence", _deep_fence, {"alt": []})


def _text(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _indented_container(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """Take a line that opens a container, and the lines below it that are indented by four."""
    if state.is_code_block(start_line) or not _INDENTED.fullmatch(_text(state, start_line)):
        return False
    if silent:
        return True
    indent = state.sCount[start_line] + _BODY_INDENT
    last = start_line + 1
    at = last
    while at < end_line:
        if not state.isEmpty(at):
            if state.sCount[at] < indent:
                break
            last = at + 1
        at += 1
    _parse(state, start_line + 1, last, indent)
    return True


def _slash_line(state: StateBlock, start_line: int, _end_line: int, silent: bool) -> bool:
    """Take a line that opens or closes a block of PyMdown."""
    if state.is_code_block(start_line) or not _LINE.fullmatch(_text(state, start_line)):
        return False
    if not silent:
        state.line = start_line + 1
    return True


def _directive(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """Take a directive whose body is Markdown, up to the fence that closes it."""
    found = _DIRECTIVE.fullmatch(_text(state, start_line))
    if found is None or state.is_code_block(start_line) or not _is_body(state, found["name"]):
        return False
    if silent:
        return True
    marks = found["marks"]
    at = start_line + 1
    while at < end_line:
        text = _text(state, at)
        if text and state.sCount[at] < state.blkIndent:
            break
        is_end = text.startswith(marks) and not text.lstrip(marks[0]).strip()
        if is_end and not state.is_code_block(at):
            state.line = at + 1
            break
        at += 1
    after = max(at, state.line)
    _parse(state, _after_options(state, start_line + 1, at), at, state.blkIndent)
    state.line = after
    return True


def _is_body(state: StateBlock, name: str) -> bool:
    language_of = state.env.get("language_of")
    return has_markdown(name) and (language_of is None or language_of(name.lower()) is None)


def _after_options(state: StateBlock, line: int, end_line: int) -> int:
    """Return the line after the options of a directive."""
    if line < end_line and _text(state, line).rstrip() == "---":
        rest = (at for at in range(line + 1, end_line) if _text(state, at).rstrip() == "---")
        return next(rest, line - 1) + 1
    while line < end_line and _DIRECTIVE_OPTION.fullmatch(_text(state, line)):
        line += 1
    return line


def _deep_fence(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """Take a fence in a list that stands four or more columns to the right of the list's text."""
    is_deep = state.blkIndent > 0 and state.is_code_block(start_line)
    if silent or not is_deep or not fence_line(_text(state, start_line)):
        return False
    outer = state.blkIndent
    state.blkIndent = state.sCount[start_line] - _CODE_INDENT + 1
    try:
        return fence(state, start_line, end_line, False)
    finally:
        state.blkIndent = outer


def _parse(state: StateBlock, first: int, last: int, indent: int) -> None:
    """Parse lines as blocks whose text begins at a column."""
    outer = state.lineMax, state.blkIndent, state.parentType
    state.lineMax, state.blkIndent, state.parentType = last, indent, "root"
    state.level += 1
    state.md.block.tokenize(state, first, last)
    state.level -= 1
    state.lineMax, state.blkIndent, state.parentType = outer
    state.line = last

"""Finds the fenced blocks of a Markdown page, wherever they stand in it.

CommonMark, with three additions, made so that no block is lost by them:

* A line of three or more colons opens or closes a container (`:::note`, `::: warning`,
  `::::{grid}`). Only that line is taken; what stands between is read as if it stood alone.
  So containers need no names, nest to any depth, and a stray or forgotten `:::` does no harm.
* A MyST directive that holds code (`:::{code-block} python`) is a fence like any other.
* A comment of MDX (`{/* … */}`) holds no block; those in it are counted as not read.

Front matter needs no rule: to CommonMark it is a rule and a heading. A plugin for it would
take a page that opens and ends with a line `---` for front matter as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token
from mdit_py_plugins.colon_fence import colon_fence_plugin

from daytona_validate._courses.block import Block
from daytona_validate._courses.info_string import CODE_DIRECTIVES, parse_info
from daytona_validate._courses.mdx_comments import mdx_comments_plugin
from daytona_validate._courses.unread_fences import Taken, UnreadFence, is_body, unread_fences
from daytona_validate._models import Location

LanguageOf = Callable[[str], str | None]
"""From a word in any letter case to the name of its language, or None."""

_CODE_INDENT = 4
_MAX_NESTING = 100
"""Deeper than any page; the preset's 20 would silently drop what stands in ten nested lists."""
_CODE_DIRECTIVE = re.compile(r"\s*\{(?:" + "|".join(sorted(CODE_DIRECTIVES)) + r")\}")
_LINE_END = re.compile(r"\r\n|\r|\n")
_OPTION = re.compile(r":[\w-]+:(?:\s.*)?")


def read_markdown(
    text: str, *, path: str, language_of: LanguageOf
) -> Iterator[Block | UnreadFence]:
    """Yield in order every fenced block of a page, and what looks like one and is not read.

    Args:
        text: The page; lone surrogates may stand for bytes that are not UTF-8.
        path: What the blocks' locations shall name.
        language_of: The table of languages.

    Yields:
        Blocks, those of unknown languages too; and fences of known languages in forms that other
        builders read: in the body of a tab, an admonition, a directive or a tag.
    """
    text = text.removeprefix("\ufeff")
    blocks = [
        _block(token, token.map, path, language_of)
        for token in _parser().parse(text)
        if token.type in ("fence", "colon_fence") and token.map
    ]
    taken = [_taken(block) for block in blocks]
    lines = _LINE_END.split(text)
    found: list[Block | UnreadFence] = [*blocks]
    found += unread_fences(lines, taken, language_of=language_of)
    yield from sorted(found, key=_line_of)


def _taken(block: Block) -> Taken:
    is_code = not is_body(block.info, block.language)
    return Taken(block.location.line, block.end_line, block.info, is_code)


def _line_of(found: Block | UnreadFence) -> int:
    return found.line if isinstance(found, UnreadFence) else found.location.line


def _block(token: Token, lines: list[int], path: str, language_of: LanguageOf) -> Block:
    raw_info = token.info.strip()
    info = parse_info(raw_info)
    has_options = info.directive in CODE_DIRECTIVES
    return Block(
        language=language_of(info.word) if info.word else None,
        info=info,
        raw_info=raw_info,
        code=_without_options(token.content) if has_options else token.content,
        location=Location(path, lines[0] + 1),
        end_line=lines[1],
    )


def _without_options(content: str) -> str:
    """Blank the options at the top of a directive: the code's lines keep their numbers."""
    lines = content.split("\n")
    count = 0
    if lines[0].rstrip() == "---":
        ends = (number for number, line in enumerate(lines) if number and line.rstrip() == "---")
        count = next(ends, -1) + 1
    else:
        while count < len(lines) and _OPTION.fullmatch(lines[count]):
            count += 1
    return "\n".join(["" for _ in lines[:count]] + lines[count:])


@cache
def _parser() -> MarkdownIt:
    """Make the parser: blocks only, for what stands within a paragraph is never looked at."""
    parser = MarkdownIt("commonmark", {"maxNesting": _MAX_NESTING})
    parser.core.ruler.enableOnly(["normalize", "block"])
    ends = ["paragraph", "reference", "blockquote", "list"]
    parser.block.ruler.before("fence", "container_line", _container_line, {"alt": ends})
    return parser.use(colon_fence_plugin).use(mdx_comments_plugin)


def _container_line(state: StateBlock, start_line: int, _end_line: int, silent: bool) -> bool:
    """Take a line that opens or closes a container."""
    start = state.bMarks[start_line] + state.tShift[start_line]
    line = state.src[start : state.eMarks[start_line]]
    if state.sCount[start_line] - state.blkIndent >= _CODE_INDENT or not line.startswith(":::"):
        return False
    if _CODE_DIRECTIVE.match(line.lstrip(":")):
        return False
    if not silent:
        state.line = start_line + 1
    return True

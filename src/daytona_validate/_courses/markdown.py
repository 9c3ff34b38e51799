"""Finds the fenced blocks of a Markdown page, wherever they stand in it.

CommonMark, with three additions, made so that no block is lost by them:

* A line of three or more colons opens or closes a container (`:::note`, `::: warning`,
  `::::{grid}`). Only that line is taken; what stands between is read as if it stood alone.
  So containers need no names, nest to any depth, and a stray or forgotten `:::` does no harm.
* A MyST directive that holds code (`:::{code-block} python`) is a fence like any other.
* A comment of MDX (`{/* … */}`) holds no block; those in it are counted as not read.

Front matter is blanked before: to CommonMark it is a rule and a heading. A plugin for it would
take a page that opens and ends with a line `---` for front matter as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token
from mdit_py_plugins.colon_fence import colon_fence_plugin

from daytona_validate._core.dialect import Dialect
from daytona_validate._courses.block import Block, BlockKind
from daytona_validate._courses.block_options import Optioned, of_cell, of_directive
from daytona_validate._courses.flat_yaml import items
from daytona_validate._courses.front_matter import front_matter
from daytona_validate._courses.info_string import CODE_DIRECTIVES, parse_info
from daytona_validate._courses.mdx_comments import mdx_comments_plugin
from daytona_validate._courses.outline import Comments, sections
from daytona_validate._courses.page import Page
from daytona_validate._courses.unread_fences import Taken, is_body, unread_fences
from daytona_validate._models import Location

LanguageOf = Callable[[str], str | None]
"""From a word in any letter case to the name of its language, or None."""

_CODE_INDENT = 4
_MAX_NESTING = 100
"""Deeper than any page; the preset's 20 would silently drop what stands in ten nested lists."""
_CODE_DIRECTIVE = re.compile(r"\s*\{(?:" + "|".join(sorted(CODE_DIRECTIVES)) + r")\}")
_SHOWS = CODE_DIRECTIVES - {"code-cell"}
"""Directives that show code; any other directive that is code is a cell."""
_LINE_END = re.compile(r"\r\n|\r|\n")


def read_page(text: str, *, path: str, language_of: LanguageOf) -> Page:
    """Return a page with every fenced block, and what looks like one and is not read.

    Args:
        text: The page; lone surrogates may stand for bytes that are not UTF-8.
        path: What the blocks' locations shall name.
        language_of: The table of languages.
    """
    lines = _LINE_END.split(text.removeprefix("\ufeff"))
    metadata = front_matter(lines)
    lines[: metadata.lines] = [""] * metadata.lines
    tokens = _parser().parse("\n".join(lines))
    reading = _Reading(path, language_of, Comments(tokens, lines))
    blocks = tuple(
        reading.block(token, section)
        for token, section in sections(tokens)
        if token.type in ("fence", "colon_fence")
    )
    taken = [_taken(block) for block in blocks]
    unread = sorted(unread_fences(lines, taken, language_of=language_of), key=lambda e: e.line)
    return Page(
        path=path,
        dialect=Dialect.COMMONMARK,
        front_matter=metadata.values,
        blocks=blocks,
        unread=tuple(unread),
    )


def _taken(block: Block) -> Taken:
    is_code = not is_body(block.info, block.language)
    return Taken(block.location.line, block.end_line, block.info, is_code)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What all blocks of a page are made with."""

    path: str
    language_of: LanguageOf
    comments: Comments

    def block(self, token: Token, section: str) -> Block:
        """Return the block that a token of a fence is."""
        first, last = token.map or (0, 0)
        raw_info = token.info.strip()
        info = parse_info(raw_info)
        language = self.language_of(info.word) if info.word else None
        is_cell = bool(info.directive) and info.directive not in _SHOWS and language is not None
        optioned = Optioned(token.content, {})
        if info.directive in CODE_DIRECTIVES:
            optioned = of_directive(token.content)
        elif is_cell:
            optioned = of_cell(token.content)
        return Block(
            language=language,
            info=info,
            raw_info=raw_info,
            code=optioned.code,
            location=Location(self.path, first + 1),
            end_line=last,
            kind=BlockKind.CELL if is_cell else BlockKind.FENCE,
            section=section,
            comments=self.comments.before(first),
            options=optioned.options,
            tags=items(optioned.options.get("tags", "")),
            code_line=first + 2,
        )


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

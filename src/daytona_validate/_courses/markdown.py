"""Finds the fenced blocks of a Markdown page, wherever they stand in it.

Front matter is blanked before: to CommonMark it is a rule and a heading. A plugin for it would
take a page that opens and ends with a line `---` for front matter as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from markdown_it.token import Token

from daytona_validate._core.dialect import Dialect
from daytona_validate._courses.block import Block, BlockKind
from daytona_validate._courses.block_options import Optioned, of_cell, of_directive
from daytona_validate._courses.dialect_signs import dialect_of
from daytona_validate._courses.flat_yaml import items
from daytona_validate._courses.front_matter import front_matter
from daytona_validate._courses.info_string import (
    CODE_DIRECTIVES,
    DOCTEST_DIRECTIVES,
    kernel_of,
    parse_info,
)
from daytona_validate._courses.outline import Comments, sections
from daytona_validate._courses.page import Page
from daytona_validate._courses.page_parser import page_parser
from daytona_validate._courses.prose import (
    caption_before,
    paragraph_after,
    paragraph_before,
    words_set_as_code,
)
from daytona_validate._courses.unread_fences import Taken, is_body, unread_fences
from daytona_validate._models import Location

LanguageOf = Callable[[str], str | None]
"""From a word in any letter case to the name of its language, or None."""

_SHOWS = (CODE_DIRECTIVES - {"code-cell"}) | DOCTEST_DIRECTIVES
"""Directives that show code; any other directive that is code is a cell."""
_LINE_END = re.compile(r"\r\n|\r|\n")


def read_page(
    text: str, *, path: str, language_of: LanguageOf, dialect: Dialect | None = None
) -> Page:
    """Return a page with every fenced block, and what looks like one and is not read.

    Args:
        text: The page; lone surrogates may stand for bytes that are not UTF-8.
        path: What the blocks' locations shall name.
        language_of: The table of languages.
        dialect: What it is written in; None: its name and what stands on it tell.
    """
    lines = _LINE_END.split(text.removeprefix("\ufeff"))
    metadata = front_matter(lines)
    lines[: metadata.lines] = [""] * metadata.lines
    detected = dialect or dialect_of(path, lines, metadata.values, language_of=language_of)
    # The forms of other dialects do no harm on a page that has none of them.
    read_as = dialect or (Dialect.MYST if detected is Dialect.COMMONMARK else detected)
    tokens = page_parser(read_as).parse("\n".join(lines), {"language_of": language_of})
    comments = Comments(tokens, lines)
    reading = _Reading(path, language_of, lines, comments, kernel_of(metadata.values))
    blocks = tuple(
        reading.block(token, section)
        for token, section in sections(tokens)
        if token.type in ("fence", "colon_fence")
    )
    taken = [_taken(block) for block in blocks]
    unread = sorted(unread_fences(lines, taken, language_of=language_of), key=lambda e: e.line)
    return Page(
        path=path,
        dialect=detected,
        front_matter=metadata.values,
        blocks=blocks,
        named=words_set_as_code(each.content for each in tokens if each.type == "inline"),
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
    lines: Sequence[str]
    comments: Comments
    kernel: str
    """What the cells that name no language are in."""

    def block(self, token: Token, section: str) -> Block:
        """Return the block that a token of a fence is."""
        first, last = token.map or (0, 0)
        raw_info = token.info.strip()
        info = parse_info(raw_info)
        if info.directive == info.word == "code-cell" and self.kernel:
            info = replace(info, word=self.kernel)
        language = self.language_of(info.word) if info.word else None
        is_cell = bool(info.directive) and info.directive not in _SHOWS and language is not None
        optioned = Optioned(token.content, {})
        if info.directive in CODE_DIRECTIVES or info.directive in DOCTEST_DIRECTIVES:
            optioned = of_directive(token.content)
        elif is_cell:
            optioned = of_cell(token.content)
        return Block(
            language=language,
            info=info,
            raw_info=raw_info,
            code=optioned.code if language is None else _dedented(optioned.code),
            location=Location(self.path, first + 1),
            end_line=last,
            kind=BlockKind.CELL if is_cell else BlockKind.FENCE,
            section=section,
            comments=self.comments.before(first),
            caption=caption_before(self.lines, first),
            above=paragraph_before(self.lines, first),
            below=paragraph_after(self.lines, last),
            options=optioned.options,
            tags=items(optioned.options.get("tags", "")),
            code_line=first + 2,
        )


def _dedented(code: str) -> str:
    """Return code without the white space that all of its lines begin with.

    Authors indent the text of a block in a list, and not always its fence.
    """
    lines = code.split("\n")
    indents = [line[: len(line) - len(line.lstrip(" \t"))] for line in lines if line.strip()]
    least, most = min(indents, default=""), max(indents, default="")
    ends = (at for at, both in enumerate(zip(least, most, strict=False)) if both[0] != both[1])
    common = least[: next(ends, len(least))]
    return "\n".join(line.removeprefix(common) for line in lines) if common else code

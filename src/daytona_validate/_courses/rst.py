"""Finds the blocks of a reStructuredText page.

It reads lines, not documents: docutils knows none of Sphinx's directives, and drops what stands in
them, tabs and tips with their blocks. A directive that shows code looks the same at any depth, and
its body is what is indented below it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from daytona_validate._core.dialect import Dialect
from daytona_validate._courses.block import Block, BlockKind
from daytona_validate._courses.block_options import with_doctest_skip
from daytona_validate._courses.flat_yaml import flat_yaml
from daytona_validate._courses.headings import Headings
from daytona_validate._courses.info_string import DOCTEST_DIRECTIVES, InfoString
from daytona_validate._courses.page import Page
from daytona_validate._courses.prose import (
    caption_before,
    paragraph_after,
    paragraph_before,
    words_set_as_code,
)
from daytona_validate._courses.unread_fences import UnreadFence
from daytona_validate._models import Location

LanguageOf = Callable[[str], str | None]

_LINE_END = re.compile(r"\r\n|\r|\n")
_TAB = 8
_PREFIX = r"(?P<before>[ ]*+(?:(?:[-*+]|\d{1,9}[.)]|\#\.)[ ]++)*+)"
_NAME = r"\.\.[ ]+(?:[\w-]+:)?(?P<name>[\w-]+)::"
_DIRECTIVE = re.compile(_PREFIX + _NAME + r"(?:[ ]+(?P<argument>.*))?")
_COMMENT = re.compile(_PREFIX + r"\.\.(?:[ ]+(?P<text>(?![_\[|])[^ ].*))?")
_DOCTEST = re.compile(_PREFIX + r">>> .*")
_LITERAL = re.compile(_PREFIX + r".*::\s*")
_OPTION = re.compile(r" *:([\w-]{1,100}:)(?: +(.*))?")
_IN_TABLE = re.compile(r"[ ]*\|.*?[ ]\.\.[ ]+(?:code|code-block|sourcecode)::[ ]+([\w+-]+)")
"""Code in a cell of a table whose lines are drawn: its lines are those of other cells, too."""
_UNDERLINE = re.compile(r"([=\-~^\"'`#*+.:_<>])\1*")
_LANGUAGE_IN_ARGUMENT = frozenset({"code", "code-block", "code-tab", "sourcecode"})
_IN_PYTHON = DOCTEST_DIRECTIVES | {"jupyter-execute"}
_OUTPUT = "testoutput"


def read_rst(text: str, *, path: str, language_of: LanguageOf) -> Page:
    """Return a page with every directive that shows code, and every doctest block.

    Args:
        text: The page; lone surrogates may stand for bytes that are not UTF-8.
        path: What the blocks' locations shall name.
        language_of: The table of languages.
    """
    lines = list(map(_spaced, _LINE_END.split(text.removeprefix("\ufeff"))))
    reading = _Reading(lines, path, language_of)
    at = 0
    while at < len(lines):
        at = reading.take(at)
    return Page(
        path=path,
        dialect=Dialect.RST,
        blocks=tuple(reading.blocks),
        unread=tuple(reading.unread),
        named=words_set_as_code(lines),
    )


def _spaced(line: str) -> str:
    """Return a line that is indented by spaces only."""
    text = line.lstrip(" \t")
    return line[: len(line) - len(text)].expandtabs(_TAB) + text


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


class _Reading:
    """One page, as it is read from top to bottom."""

    def __init__(self, lines: Sequence[str], path: str, language_of: LanguageOf) -> None:
        self._lines = lines
        self._path = path
        self._language_of = language_of
        self._headings = Headings()
        self._levels: list[str] = []
        """The characters of underlines, in the order of their levels."""
        self._comments: list[str] = []
        """Those above the line, with blank lines between them only."""
        self._highlighted = ""
        """What code without a language is in, as the page says."""
        self.blocks: list[Block] = []
        self.unread: list[UnreadFence] = []

    def take(self, at: int) -> int:
        """Take what begins in a line, and return the line after it."""
        line = self._lines[at]
        if not line.strip():
            return at + 1
        directive = _DIRECTIVE.fullmatch(line)
        if directive is not None:
            after = self._directive(at, directive)
        elif (comment := _COMMENT.fullmatch(line)) is not None:
            end = self._end(at + 1, len(comment["before"]))
            words = [comment["text"] or "", *(each.strip() for each in self._lines[at + 1 : end])]
            self._comments.append("\n".join(words).strip())
            return end
        elif (doctest := _DOCTEST.fullmatch(line)) is not None:
            after = self._doctest(at, indent=len(doctest["before"]))
        elif (literal := _LITERAL.fullmatch(line)) is not None:
            after = self._end(at + 1, len(literal["before"]))
        else:
            after = self._words(at)
        self._comments.clear()
        return after

    def _directive(self, at: int, found: re.Match[str]) -> int:
        name, argument = found["name"].lower(), (found["argument"] or "").strip()
        word = argument.split(" ")[0].lower()
        if name == "highlight":
            self._highlighted = word
        if name == "literalinclude" and (language := self._language_of(word.rpartition(".")[2])):
            self.unread.append(UnreadFence(at + 1, at + 1, language))
        if name in _LANGUAGE_IN_ARGUMENT:
            word = word or self._highlighted
        elif name in _IN_PYTHON or name == _OUTPUT:
            word = "output" if name == _OUTPUT else "python"
        else:
            return at + 1
        end = self._end(at + 1, len(found["before"]))
        options: list[str] = []
        first = at + 1
        while first < end and (option := _OPTION.fullmatch(self._lines[first])):
            options.append(f"{option[1]} {option[2] or ''}")
            first += 1
        is_cell = name == "jupyter-execute"
        self._add(
            at,
            first,
            end,
            word=word,
            options=with_doctest_skip(flat_yaml(options)),
            is_cell=is_cell,
        )
        return end

    def _doctest(self, at: int, *, indent: int) -> int:
        """Take a doctest block; the item of a list may begin with one."""
        end = at + 1
        while end < len(self._lines) and self._lines[end].strip():
            if _indent(self._lines[end]) < indent:
                break
            end += 1
        self._add(at, at, end, word="python", options={}, is_cell=False, indent=indent)
        return end

    def _words(self, at: int) -> int:
        """Take a line of text, or a title with its underline."""
        in_table = _IN_TABLE.match(self._lines[at])
        if in_table is not None and (language := self._language_of(in_table[1].lower())):
            self.unread.append(UnreadFence(at + 1, at + 1, language))
        title, below = self._lines[at], self._lines[at + 1 : at + 2]
        underline = _UNDERLINE.fullmatch(below[0].rstrip()) if below else None
        if underline is None or title.startswith(" ") or _UNDERLINE.fullmatch(title.rstrip()):
            return at + 1
        if len(underline[0]) < min(len(title.rstrip()), 4):
            return at + 1
        mark = underline[1] + ("|" if at and self._lines[at - 1].rstrip() == underline[0] else "")
        if mark not in self._levels:
            self._levels.append(mark)
        self._headings.add(self._levels.index(mark) + 1, title)
        return at + 2

    def _end(self, first: int, indent: int) -> int:
        """Return the line after the last one that is indented more, blank ones at the end not."""
        end = at = first
        while at < len(self._lines) and (
            not self._lines[at].strip() or _indent(self._lines[at]) > indent
        ):
            at += 1
            if self._lines[at - 1].strip():
                end = at
        return end

    def _add(
        self,
        at: int,
        first: int,
        end: int,
        *,
        word: str,
        options: dict[str, str],
        is_cell: bool,
        indent: int = 0,
    ) -> None:
        while first < end and not self._lines[first].strip():
            first += 1
        code = [*self._lines[first:end]]
        code[:1] = [" " * indent + each[indent:] for each in code[:1]]
        least = min((_indent(line) for line in code if line.strip()), default=0)
        self.blocks.append(
            Block(
                language=self._language_of(word) if word else None,
                info=InfoString(word=word),
                raw_info=word,
                code="".join(f"{line[least:]}\n" for line in code),
                location=Location(self._path, at + 1),
                end_line=max(end, at + 1),
                kind=BlockKind.CELL if is_cell else BlockKind.FENCE,
                section=self._headings.section,
                comments=tuple(self._comments),
                caption=caption_before(self._lines, at),
                above=paragraph_before(self._lines, at),
                below=paragraph_after(self._lines, end),
                options=options,
                code_line=first + 1,
            )
        )

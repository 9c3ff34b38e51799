"""Finds what looks like a block on a page and was not parsed as one, so that it is counted.

The builders of pages know more forms than CommonMark: tabs and admonitions whose body is indented,
directives within backticks, tags of MDX. What is in none of the blocks that were taken is looked
through line by line, at any indentation. It errs towards silence: a fence within another fence is
an example, and so is what stands in a comment.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from daytona_validate._core.fence_line import bare, fence_line
from daytona_validate._core.includes import includes_of
from daytona_validate._core.not_read import Why
from daytona_validate._courses.info_string import CODE_DIRECTIVES, InfoString, parse_info

_DIRECTIVES = (
    re.compile(r"\.\. (?:code-block|code-tab|code|sourcecode):: *([^\s:]+).*"),  # Sphinx
    re.compile(r"\{%-? *highlight +([^\s%]+)(?=[\s%])[^%]*%\}.*"),  # Jekyll
    re.compile(r"\{\{[<%] *highlight +([^\s>%]+)(?=[\s>%])[^>%]*[>%]\}\}.*"),  # Hugo
)
"""Lines that open a block in other words than a fence; the group is its language."""
_BEGINNINGS = frozenset({"..", "{%", "{{"})
_HIDING = (("<!--", "-->"), ("<pre", "</pre>"), ("<script", "</script>"), ("<style", "</style>"))
_SHOWN_AS_CODE = ("<<<", "{*", ".. literalinclude")
"""Includes that stand alone and yet become blocks; what others include is a part of the page."""
_EXAMPLES = frozenset({"markdown", "md", "mdx", "rst", "text", "txt"})
"""Languages in which a fence is written about."""
_LESS_THAN_CODE = 3
_MAX_CHARACTERS = 1000
"""Of a line that may open a fence."""

LanguageOf = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Taken:
    """The lines of a block that was taken, 1-based, its fences included."""

    first: int
    last: int
    info: InfoString
    is_code: bool
    """Whether it is code or an example; else it is a directive with a body of its own."""


@dataclass(frozen=True, slots=True)
class UnreadFence:
    """A block of a known language in a form that cannot be read."""

    line: int
    last: int
    language: str
    why: Why = Why.BLOCK
    cell: int | None = None
    """Of a notebook: the index of the cell that it is written in."""

    def of_cell(self, index: int) -> UnreadFence:
        """Return it as one in a cell of a notebook."""
        return replace(self, cell=index)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a page that belongs to no block."""

    number: int
    text: str
    """Without indentation, quote and list marks."""


def unread_fences(
    lines: Sequence[str], taken: Sequence[Taken], *, language_of: LanguageOf
) -> Iterator[UnreadFence]:
    """Yield what looks like a block of a known language and is in no block.

    Args:
        lines: Those of the page.
        taken: The blocks in their order.
        language_of: The table of languages.
    """
    start = 1
    for each in taken:
        yield from _between(lines, start, each.first - 1, language_of)
        if each.is_code:
            yield from _torn(lines, each, language_of)
        else:
            yield from _directive(each, language_of)
            yield from _between(lines, each.first + 1, each.last, language_of)
        start = each.last + 1
    yield from _between(lines, start, len(lines), language_of)


def is_body(info: InfoString, language: str | None) -> bool:
    """Tell whether a fence is a directive whose body is a page of its own, such as `{note}`."""
    return bool(info.directive) and info.directive not in CODE_DIRECTIVES and language is None


def _between(
    lines: Sequence[str], first: int, last: int, language_of: LanguageOf
) -> Iterator[UnreadFence]:
    """Look through lines that lie in no block, or in the body of a directive."""
    found = [_Line(number, _text(lines[number - 1])) for number in range(first, last + 1)]
    return _Segment(found, language_of).fences()


def _torn(lines: Sequence[str], taken: Taken, language_of: LanguageOf) -> Iterator[UnreadFence]:
    """Yield fences within a block that open like the block's own: one of the two is not closed.

    Such a page, say after a tag that let half a block be read as prose, would lose the rest.
    """
    opening = lines[taken.first - 1]
    fence = fence_line(_text(opening))
    if fence is None or taken.info.word in _EXAMPLES:
        return
    for number in range(taken.first + 1, taken.last):
        line = lines[number - 1]
        inner = fence_line(_text(line))
        is_as_deep = _indentation(line) <= _indentation(opening) + _LESS_THAN_CODE
        if inner is None or not inner.marks.startswith(fence.marks) or not is_as_deep:
            continue
        language = language_of(parse_info(inner.info).word)
        if language:
            yield UnreadFence(number, number, language, Why.UNCLOSED)


def _directive(taken: Taken, language_of: LanguageOf) -> Iterator[UnreadFence]:
    """Yield a directive that includes a source file."""
    if taken.info.directive == "literalinclude" and taken.info.flags:
        language = language_of(PurePath(taken.info.flags[0]).suffix.removeprefix("."))
        if language:
            yield UnreadFence(taken.first, taken.last, language)


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip(" \t>"))


def _text(line: str) -> str:
    return bare(line[:_MAX_CHARACTERS]).rstrip()


class _Segment:
    """Lines one after the other, none of them in a block."""

    def __init__(self, lines: Sequence[_Line], language_of: LanguageOf) -> None:
        self._lines = lines
        self._language_of = language_of
        self._open: list[str] = []
        """The fences of directives whose bodies are being read, the innermost last."""
        self._missing: set[str] = set()
        """What was looked for in vain up to the end: it is not there further down either."""

    def fences(self) -> Iterator[UnreadFence]:
        """Yield what looks like a block."""
        at = 0
        while at < len(self._lines):
            text = self._lines[at].text
            hidden = next((end for begin, end in _HIDING if text.lower().startswith(begin)), None)
            fence = fence_line(text)
            if hidden is not None:
                end = self._end(at, f"(?i){hidden}")
                language, last = None, at if end is None else end
            elif fence is not None:
                language, last = self._fence(at, fence.marks, parse_info(fence.info))
            else:
                language, last = _language_of_line(text, self._language_of), at
            if language:
                yield UnreadFence(self._lines[at].number, self._lines[last].number, language)
            at = last + 1

    def _fence(self, at: int, fence: str, info: InfoString) -> tuple[str | None, int]:
        """Return the language of a fence, and the place of the line that closes it."""
        language = self._language_of(info.word) if info.word else None
        if is_body(info, language):
            self._open.append(fence)
            return None, at
        if self._open and not info.word and fence.startswith(self._open[-1]):
            self._open.pop()
            return None, at
        found = self._end(at + 1, f"^{fence}{fence[0]}*$")
        return language, at if found is None else found

    def _end(self, start: int, pattern: str) -> int | None:
        """Return the place of the first line from there on that has a pattern."""
        if pattern in self._missing:
            return None
        matches = re.compile(pattern).search
        for at in range(start, len(self._lines)):
            if matches(self._lines[at].text):
                return at
        self._missing.add(pattern)
        return None


def _language_of_line(text: str, language_of: LanguageOf) -> str | None:
    """Return the language of a line that stands for code: an include, or a directive of Sphinx."""
    for directive in _DIRECTIVES if text[:2] in _BEGINNINGS else ():
        found = directive.fullmatch(text)
        if found is not None:
            return language_of(found[1].strip("\"'").lower())
    includes = includes_of(text) if text.startswith(_SHOWN_AS_CODE) else ()
    if not includes:
        return None
    return language_of(PurePath(includes[0].path).suffix.removeprefix("."))

"""The outline of a parsed page: the headings above each line, and the comments before it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markdown_it.token import Token

from daytona_validate._core.fence_line import bare
from daytona_validate._courses.headings import Headings
from daytona_validate._courses.mdx_comments import MDX_COMMENT

_COMMENT = re.compile(r"<!--((?:(?!-->).)*+)-->|\{/\*((?:(?!\*/).)*+)\*/\}?", re.DOTALL)
_COMMENTS = re.compile(rf"(?:\s*+(?:{_COMMENT.pattern}))++\s*+", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Comment:
    first: int
    """0-based line that it begins in."""
    texts: tuple[str, ...]


class Comments:
    """Comments of a page, by the line that they end in.

    Args:
        tokens: Those of the page.
        lines: Its lines.
    """

    def __init__(self, tokens: Sequence[Token], lines: Sequence[str]) -> None:
        self._lines = lines
        self._by_last: Mapping[int, _Comment] = dict(_comments(tokens))

    def before(self, line: int) -> tuple[str, ...]:
        """Return what the comments directly before a 0-based line say, in order."""
        found: list[tuple[str, ...]] = []
        at = line - 1
        while at >= 0:
            comment = self._by_last.get(at)
            if comment is not None:
                found.append(comment.texts)
                at = comment.first - 1
            elif bare(self._lines[at]).strip():
                break
            else:
                at -= 1
        return tuple(text for texts in reversed(found) for text in texts)


def _comments(tokens: Sequence[Token]) -> Iterator[tuple[int, _Comment]]:
    for token in tokens:
        if token.type not in ("html_block", MDX_COMMENT) or token.map is None:
            continue
        if _COMMENTS.fullmatch(token.content):
            last = token.map[0] + token.content.rstrip().count("\n")
            texts = (a or b for a, b in _COMMENT.findall(token.content))
            yield last, _Comment(token.map[0], tuple(text.strip() for text in texts))


def sections(tokens: Sequence[Token]) -> Iterator[tuple[Token, str]]:
    """Yield each token with the headings above it, outermost first."""
    headings = Headings()
    for at, token in enumerate(tokens):
        if token.type == "heading_open":
            headings.add(int(token.tag.removeprefix("h")), tokens[at + 1].content)
        yield token, headings.section

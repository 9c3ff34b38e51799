"""Parser of Go at its top level: which declarations and statements a text has, and what they name.

It reads as Go's own scanner does, semicolons that stand for line ends included (language
specification, "Semicolons"), and goes no deeper than brackets, so that its cost is the length of
the text. What it gets wrong is no verdict: the compiler judges what is made of it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

_TOKEN = re.compile(
    r"(?P<space>[ \t\r]+|\\)|(?P<newline>\n)"
    # Each is taken to the end of its line, or of the text, if it is never closed.
    r"|(?P<comment>//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?)"
    r'|(?P<string>"(?:[^"\\\n]|\\.)*"?|`[^`]*`?|\'(?:[^\'\\\n]|\\.)*\'?)'
    r"|(?P<word>[^\W\d]\w*)|(?P<number>\d[\w.]*)|(?P<open>[({\[])|(?P<close>[)}\]])"
    r"|(?P<sign>\.\.\.|:=|\+\+|--|.)",
    re.DOTALL,
)
_CLOSED_BY = {"(": ")", "{": "}", "[": "]"}
_ENDS_LINE = frozenset({"word", "number", "string", "close"})
_NEVER_ENDS = frozenset(
    """
    case chan const default defer else for func go goto if import interface map package range select
    struct switch type var
    """.split()  # noqa: SIM905 - a table of words
)
_DECLARATIONS = frozenset({"import", "type", "var", "const", "package"})


@dataclass(frozen=True, slots=True)
class Token:
    """Lexical token, with the depth of brackets around it."""

    kind: str
    text: str
    start: int
    depth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GoChunk:
    """Top-level declaration or statement."""

    kind: str
    """`package`, `import`, `func`, `type`, `var`, `const` or `statement`."""
    start: int
    end: int
    names: tuple[str, ...]
    """What it declares; a method as `Type.name`."""
    tokens: tuple[Token, ...]

    @property
    def words(self) -> frozenset[str]:
        """Return the names it may refer to: all but those after a dot."""
        before = [None, *self.tokens]
        return frozenset(
            token.text
            for last, token in zip(before, self.tokens, strict=False)
            if token.kind == "word" and (last is None or last.text != ".")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class GoSource:
    """Syntax of a Go text, as deep as its top level."""

    code: str
    chunks: tuple[GoChunk, ...]
    unmatched: int | None
    """Where the first bracket stands that has no partner; None: all have."""
    line_starts: tuple[int, ...]
    """Where each line begins."""

    @property
    def package(self) -> str | None:
        """Return the name in its package clause; None if it has none."""
        first = self.chunks[0] if self.chunks else None
        if first is None or first.kind != "package" or not first.names:
            return None
        return first.names[0]

    def of_kind(self, *kinds: str) -> tuple[GoChunk, ...]:
        """Return the chunks of some kinds."""
        return tuple(each for each in self.chunks if each.kind in kinds)

    def line(self, position: int) -> int:
        """Return the 1-based line of a position."""
        return bisect_right(self.line_starts, position)

    def column(self, position: int) -> int:
        """Return the 1-based column of a position."""
        return position - self.line_starts[self.line(position) - 1] + 1

    def chunk_at(self, line: int) -> GoChunk | None:
        """Return the first chunk that has something of a 1-based line; None if there is none."""
        if not 0 < line <= len(self.line_starts):
            return None
        start = self.line_starts[line - 1]
        number = bisect_left(self.chunks, start, key=lambda chunk: chunk.end - 1)
        chunk = self.chunks[number] if number < len(self.chunks) else None
        return chunk if chunk is not None and self.line(chunk.start) <= line else None


def go_source(code: str) -> GoSource:
    """Parse a Go text."""
    tokens, unmatched = _tokens(code)
    chunks = tuple(_chunk(code, each) for each in _parted(tokens))
    line_starts = (0, *(n + 1 for n, character in enumerate(code) if character == "\n"))
    return GoSource(code=code, chunks=chunks, unmatched=unmatched, line_starts=line_starts)


def _tokens(code: str) -> tuple[list[Token], int | None]:
    """Return the tokens with the ends of lines among them, and the first unmatched bracket."""
    tokens: list[Token] = []
    opened: list[tuple[str, int]] = []
    unmatched: int | None = None
    for found in _TOKEN.finditer(code):
        kind, text, start = str(found.lastgroup), found[0], found.start()
        if kind == "comment":
            kind = "newline" if "\n" in text else "space"
        if kind == "space":
            continue
        if kind == "close":
            if opened and _CLOSED_BY[opened[-1][0]] == text:
                opened.pop()
            elif unmatched is None:
                unmatched = start
        tokens.append(Token(kind, text, start, len(opened)))
        if kind == "open":
            opened.append((text, start))
    if opened and unmatched is None:
        unmatched = opened[-1][1]
    return tokens, unmatched


def _parted(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Yield the tokens of each chunk; ends of lines inside of it are among them."""
    chunk: list[Token] = []
    last: Token | None = None
    for token in tokens:
        if token.kind == "newline":
            ends = last is not None and token.depth == 0 and _ends(last)
        else:
            ends = token.text == ";" and token.depth == 0 and not _has_header(chunk)
        if not ends and (chunk or token.kind != "newline"):
            chunk.append(token)
        if ends and chunk:
            yield chunk
            chunk = []
        last = token
    if chunk:
        yield chunk


def _ends(token: Token) -> bool:
    """Whether a line end after a token is a semicolon."""
    if token.text in ("++", "--"):
        return True
    return token.kind in _ENDS_LINE and token.text not in _NEVER_ENDS


def _has_header(chunk: Sequence[Token]) -> bool:
    """Whether semicolons part the header of a statement, and do not end it."""
    return bool(chunk) and chunk[0].text in ("for", "if", "switch")


def _chunk(code: str, tokens: Sequence[Token]) -> GoChunk:
    first, last = tokens[0], next(each for each in reversed(tokens) if each.kind != "newline")
    kind = first.text if first.text in _DECLARATIONS else "statement"
    if first.text == "func" and len(tokens) > 1:
        names = _function(tokens)
        kind = "func" if names else "statement"
    else:
        names = tuple(_declared(kind, tokens))
    return GoChunk(
        kind=kind,
        start=first.start,
        end=min(last.start + len(last.text), len(code)),
        names=names,
        tokens=tuple(tokens),
    )


def _function(tokens: Sequence[Token]) -> tuple[str, ...]:
    """Return the name of a declared function or method; none for a function literal."""
    if tokens[1].kind == "word":
        return (tokens[1].text,)
    if tokens[1].text != "(":
        return ()
    end = next((n for n, token in enumerate(tokens) if token.text == ")" and not token.depth), 0)
    if not 0 < end < len(tokens) - 1 or tokens[end + 1].kind != "word":
        return ()
    outer = [each.text for each in tokens[2:end] if each.kind == "word" and each.depth == 1]
    return (f"{outer[-1]}.{tokens[end + 1].text}",) if outer else ()


def _declared(kind: str, tokens: Sequence[Token]) -> Iterator[str]:
    """Yield the names that a declaration or `:=` makes; of an import, the paths."""
    if kind == "import":
        yield from (each.text.strip('"`') for each in tokens if each.kind == "string")
    elif kind == "statement":
        yield from _assigned(tokens)
    elif len(tokens) > 1 and tokens[1].text == "(":
        for last, token in pairwise(tokens[1:]):
            # What follows a comma may be a value: one name too many does no harm.
            is_first = last.kind in ("newline", "open") or last.text in (",", ";")
            if token.kind == "word" and token.depth == 1 and is_first:
                yield token.text
    else:
        yield from _list(tokens[1:])


def _assigned(tokens: Sequence[Token]) -> Iterator[str]:
    names = list(_list(tokens))
    end = 2 * len(names) - 1
    if names and end < len(tokens) and tokens[end].text == ":=":
        yield from names


def _list(tokens: Sequence[Token]) -> Iterator[str]:
    """Yield the names of a list parted by commas."""
    for number, token in enumerate(tokens):
        if token.kind != ("sign" if number % 2 else "word") or (number % 2 and token.text != ","):
            return
        if number % 2 == 0:
            yield token.text

"""Parser of Java at its top level: which types, members and statements a text has, and their names.

It goes no deeper than brackets, so that its cost is the length of the text. What it gets wrong is
no verdict: the compiler judges what is made of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

_TOKEN = re.compile(
    r"(?P<space>\s+|\\)"
    # Each is taken to the end of its line, or of the text, if it is never closed.
    r"|(?P<comment>//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?)"
    r'|(?P<string>"""(?:[^"\\]|\\.|"(?!""))*(?:""")?|"(?:[^"\\\n]|\\.)*"?|\'(?:[^\'\\\n]|\\.)*\'?)'
    r"|(?P<word>[^\W\d][\w$]*)|(?P<number>\d[\w.]*)|(?P<open>[({\[])|(?P<close>[)}\]])"
    r"|(?P<sign>->|::|\.\.\.|[-+*/%&|^!=<>]=|.)",
    re.DOTALL,
)
_CLOSED_BY = {"(": ")", "{": "}", "[": "]"}
_MODIFIERS = frozenset(
    {
        *("public", "protected", "private", "static", "final", "abstract", "native", "transient"),
        *("volatile", "strictfp", "default", "sealed", "synchronized"),
    }
)
_MEMBERS_ONLY = _MODIFIERS - {"final", "abstract", "sealed", "synchronized", "default", "strictfp"}
_TYPES = frozenset({"class", "interface", "enum", "record"})
_CONTROL = frozenset({"if", "for", "while", "do", "try", "switch", "synchronized", "else"})
_NO_TYPE = frozenset({"new", "return", "throw", "else", "yield", "assert", "case", "instanceof"})
_GOES_ON = frozenset({"else", "catch", "finally"})


@dataclass(frozen=True, slots=True)
class JavaToken:
    """Lexical token, with the depth of brackets around it."""

    kind: str
    text: str
    start: int
    depth: int

    @property
    def end(self) -> int:
        """Return where it ends."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class JavaChunk:
    """Top-level declaration or statement."""

    kind: str
    """`package`, `import`, `type`, `member` or `statement`."""
    name: str
    """What it declares, or the last part of what it imports; empty if nothing."""
    head: int
    """Which of its tokens is the first after annotations and modifiers."""
    tokens: tuple[JavaToken, ...]

    @property
    def start(self) -> int:
        """Return where it begins."""
        return self.tokens[0].start

    @property
    def end(self) -> int:
        """Return where it ends."""
        return self.tokens[-1].end

    @property
    def words(self) -> frozenset[str]:
        """Return all words in it."""
        return frozenset(each.text for each in self.tokens if each.kind == "word")

    @property
    def modifiers(self) -> tuple[JavaToken, ...]:
        """Return its modifiers, without those of annotations."""
        return tuple(each for each in self.tokens[: self.head] if each.text in _MODIFIERS)

    @property
    def has_main(self) -> bool:
        """Whether it declares a method named `main`, at whatever depth."""
        pairs = zip(self.tokens, self.tokens[1:], strict=False)
        return any(a.text == "main" and b.text == "(" for a, b in pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class JavaSource:
    """Syntax of a Java text, as deep as its top level."""

    code: str
    chunks: tuple[JavaChunk, ...]
    is_balanced: bool
    """Whether every bracket has its partner."""

    def of_kind(self, *kinds: str) -> tuple[JavaChunk, ...]:
        """Return the chunks of some kinds."""
        return tuple(each for each in self.chunks if each.kind in kinds)

    @property
    def is_whole(self) -> bool:
        """Whether it has types, and nothing that could not stand beside them."""
        return bool(self.of_kind("type")) and not self.of_kind("member", "statement")

    @property
    def has_main(self) -> bool:
        """Whether a type or member has a method named `main`."""
        return any(each.has_main for each in self.of_kind("type", "member"))

    @property
    def ends_in_condition(self) -> bool:
        """Whether its last statement is a condition without what is to be done."""
        tokens = self.chunks[-1].tokens if self.chunks else ()
        is_condition = bool(tokens) and tokens[0].text in ("if", "while")
        if not is_condition or not self.is_balanced:
            return False
        return len(tokens) > 1 and _after_brackets(tokens, 1) == len(tokens)

    @property
    def has_imports(self) -> bool:
        """Whether it shows an import."""
        return bool(self.of_kind("import"))


def java_source(code: str) -> JavaSource:
    """Parse a Java text."""
    tokens, is_balanced = _tokens(code)
    chunks = tuple(_chunk(each) for each in _parted(tokens))
    return JavaSource(code=code, chunks=chunks, is_balanced=is_balanced)


def _tokens(code: str) -> tuple[list[JavaToken], bool]:
    tokens: list[JavaToken] = []
    opened: list[str] = []
    is_balanced = True
    for found in _TOKEN.finditer(code):
        kind, text = str(found.lastgroup), found[0]
        if kind in ("space", "comment"):
            continue
        if kind == "close":
            if opened and _CLOSED_BY[opened[-1]] == text:
                opened.pop()
            else:
                is_balanced = False
        tokens.append(JavaToken(kind, text, found.start(), len(opened)))
        if kind == "open":
            opened.append(text)
    return tokens, is_balanced and not opened


def _parted(tokens: Sequence[JavaToken]) -> Iterator[list[JavaToken]]:
    """Yield the tokens of each chunk."""
    chunk: list[JavaToken] = []
    has_value = False  # an expression, which goes on after its braces
    for token, following in zip(tokens, [*islice(tokens, 1, None), None], strict=False):
        if not chunk:
            if token.text == ";":
                continue
            has_value = token.text in _NO_TYPE
        chunk.append(token)
        if token.depth:
            continue
        has_value = has_value or token.text in ("=", "->")
        next_text = following.text if following is not None else ""
        is_end = token.text == ";" or (token.text == "}" and not has_value and next_text != ".")
        is_do = chunk[0].text == "do" and token.text == "}"
        if is_end and next_text not in _GOES_ON and not is_do:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _chunk(tokens: Sequence[JavaToken]) -> JavaChunk:
    head = _head(tokens)
    kind, name = _kind(tokens, head)
    return JavaChunk(kind=kind, name=name, head=head, tokens=tuple(tokens))


def _head(tokens: Sequence[JavaToken]) -> int:
    """Return the position of the first token after annotations and modifiers."""
    at = 0
    while at < len(tokens) - 1:
        token, following = tokens[at], tokens[at + 1]
        if token.text == "@" and following.text != "interface":
            at += 2
            while at < len(tokens) - 1 and tokens[at].text == ".":
                at += 2
            if at < len(tokens) and tokens[at].text == "(":
                at = _after_brackets(tokens, at)
        elif token.text == "non" and following.text == "-":
            at += 3
        elif token.text in _MODIFIERS and following.text not in ("(", ":", "->"):
            at += 1
        else:
            break
    return min(at, len(tokens) - 1)


def _after_brackets(tokens: Sequence[JavaToken], at: int) -> int:
    """Return the position after the bracket that closes the one at a position."""
    depth = tokens[at].depth
    for number in range(at + 1, len(tokens)):
        if tokens[number].kind == "close" and tokens[number].depth == depth:
            return number + 1
    return len(tokens)


def _kind(tokens: Sequence[JavaToken], head: int) -> tuple[str, str]:
    texts = [each.text for each in tokens[head : head + 3]]
    if texts[0] in ("package", "import"):
        words = [each.text for each in tokens if each.kind == "word" or each.text == "*"]
        return texts[0], words[-1]
    if texts[:2] == ["@", "interface"]:
        return "type", "".join(texts[2:])
    if texts[0] in _TYPES and len(texts) > 1 and tokens[head + 1].kind == "word":
        is_variable = texts[0] == "record" and texts[2:] not in (["("], ["<"])
        if not is_variable:
            return "type", texts[1]
    method = _method(tokens, head)
    if method:
        return "member", method
    has_member_modifier = any(each.text in _MEMBERS_ONLY for each in tokens[:head])
    return "member" if has_member_modifier else "statement", _variable(tokens, head)


def _method(tokens: Sequence[JavaToken], head: int) -> str:
    """Return the name of a declared method or constructor; empty if it is none."""
    for at in range(head, len(tokens)):
        if tokens[at].text in ("=", "{", "->", "::") and not tokens[at].depth:
            return ""
        if tokens[at].text == "(" and not tokens[at].depth:
            break
    else:
        return ""
    name = tokens[at - 1] if at > head else None
    if name is None or name.kind != "word" or name.text in _CONTROL | _NO_TYPE:
        return ""
    after = _after_brackets(tokens, at)
    follows = tokens[after].text if after < len(tokens) else ""
    if at - 1 == head:  # no type before it: a constructor, or a call
        return name.text if follows in ("{", "throws") else ""
    before = tokens[at - 2]
    is_type = before.kind == "word" and before.text not in _NO_TYPE
    is_typed = is_type or before.text in (">", "]")
    return name.text if is_typed and follows in ("{", "throws", ";", "default") else ""


def _variable(tokens: Sequence[JavaToken], head: int) -> str:
    """Return the first name that a declaration of variables makes; empty if it is none."""
    angles = 0  # inside of a type's arguments
    for at in range(head + 1, len(tokens)):
        token = tokens[at]
        angles += {"<": 1, ">": -1}.get(token.text, 0)
        if token.depth or angles > 0 or token.text not in ("=", ";", ",", "(", "{", "->"):
            continue
        name, before = tokens[at - 1], tokens[at - 2]
        is_word = before.kind == "word" and before.text not in _NO_TYPE
        is_typed = is_word or before.text in (">", "]")
        is_name = at - head > 1 and name.kind == "word" and is_typed
        return name.text if is_name and token.text in ("=", ";", ",") else ""
    return ""

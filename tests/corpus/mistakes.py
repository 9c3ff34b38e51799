"""Plants one mistake into code that runs: a name, a bracket, an argument, a type or an import.

A mistake is planted only where it must be found: a misspelt name in the body of a function that
nobody calls is none, so that names, arguments and types are looked for at the outermost level of
Python, JavaScript and SQL; compilers look everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random

_TOKEN = re.compile(
    r'(?P<hidden>"""(?s:.*?)"""|' + r"'''(?s:.*?)'''"
    r'|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|`(?:\\.|[^`\\])*`'
    r"|//[^\n]*|#[^\n]*|--[^\n]*|/\*(?s:.*?)\*/)"
    r"|(?P<word>[A-Za-z_]\w*)|(?P<mark>[()\[\]{}])|(?P<number>\b\d+\b)"
)
_COMPILED = frozenset({"typescript", "java", "go"})
_KEYWORDS = frozenset({
    "and", "as", "assert", "async", "await", "break", "case", "catch", "class", "const",
    "continue", "def", "default", "defer", "del", "delete", "do", "elif", "else", "enum",
    "except", "export", "extends", "finally", "for", "from", "func", "function", "global", "go",
    "if", "implements", "import", "in", "instanceof", "interface", "is", "lambda", "let",
    "match", "new", "nonlocal", "not", "null", "or", "package", "pass", "public", "private",
    "protected", "raise", "range", "return", "select", "self", "static", "struct", "super",
    "switch", "this", "throw", "throws", "True", "False", "None", "true", "false", "try", "type",
    "typeof", "undefined", "var", "void", "while", "with", "yield", "nil",
})  # fmt: skip
_TYPES = frozenset({
    "int", "string", "String", "boolean", "bool", "number", "double", "float64", "long", "List",
    "Map", "void", "Integer", "error",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Planted:
    """Code with a mistake."""

    kind: str
    code: str


def mistakes(code: str, language: str, random: Random) -> Iterator[Planted]:
    """Yield code with one mistake in it, of each kind that it has a place for."""
    for kind, places in KINDS.items():
        found = places(code, language)
        if found:
            start, end, text = random.choice(found)
            yield Planted(kind, code[:start] + text + code[end:])


Place = tuple[int, int, str]
"""From, to, and what stands there instead."""


def _tokens(code: str, language: str) -> list[re.Match[str]]:
    """Return words, brackets and numbers outside of strings and comments."""
    comments = {"python": "#", "sql": "--"}.get(language, "//")
    found: list[re.Match[str]] = []
    start = 0
    while match := _TOKEN.search(code, start):
        start = match.end()
        hidden = match["hidden"]
        if hidden and hidden.startswith(("#", "--", "//")) and not hidden.startswith(comments):
            start = match.start() + 1  # no comment in this language
        elif not hidden:
            found.append(match)
    return found


def _is_reached(code: str, at: int, language: str) -> bool:
    """Return whether what stands there is certainly looked at."""
    if language in _COMPILED or language == "sql":
        return True
    line = code[code.rfind("\n", 0, at) + 1 :]
    is_outermost = line[:1] not in (" ", "\t")
    return is_outermost and not re.match(r"def |class |function |@|async |lambda|.*=>", line)


def _names(code: str, language: str) -> list[Place]:
    """Misspell a name where it is used for the second time or later."""
    seen: set[str] = set()
    places: list[Place] = []
    for token in _tokens(code, language):
        word = token["word"]
        if not word or word in _KEYWORDS or word in _TYPES or len(word) < 2:
            continue
        before, after = code[: token.start()], code[token.end() :]
        is_name = not before.endswith(".") and not re.match(r"\s*(:?=[^=]|:)", after)
        if word in seen and is_name and _is_reached(code, token.start(), language):
            places.append((token.start(), token.end(), f"{word}qz"))
        seen.add(word)
    return places


def _brackets(code: str, language: str) -> list[Place]:
    """Leave a bracket out."""
    return [(t.start(), t.end(), "") for t in _tokens(code, language) if t["mark"]]


def _arguments(code: str, language: str) -> list[Place]:
    """Give a call one argument that nothing takes."""
    extra = {"python": "no_such_argument=1", "java": "new Object(), 1, 2", "go": "1, 2, 3, 4, 5, 6"}
    if language not in extra:
        return []
    places: list[Place] = []
    for token in _tokens(code, language):
        is_word = token["word"] not in (None, "dict")  # which takes any name
        call = re.match(r"\((?=\))", code[token.end() :]) if is_word else None
        before = code[: token.start()].rstrip()
        is_call = not re.search(r"\b(?:def|class|func|void|public|static)$|\w\s*$|\)\s*$", before)
        if call and is_call and _is_reached(code, token.start(), language):
            places.append((token.end() + 1, token.end() + 1, extra[language]))
    return places


def _types(code: str, language: str) -> list[Place]:
    """Misspell a type, or where there are none take a number's type away in a sum."""
    places: list[Place] = []
    for token in _tokens(code, language):
        at = token.start()
        if language in _COMPILED and token["word"] in _TYPES:
            places.append((at, token.end(), f"{token['word']}Qz"))
        is_added = bool(re.search(r"\w\s*[-*+]\s*$", code[:at]))
        if (
            language == "python"
            and token["number"]
            and is_added
            and _is_reached(code, at, language)
        ):
            places.append((at, token.end(), "None"))
    return places


def _imports(code: str, language: str) -> list[Place]:
    """Misspell a module."""
    patterns = {
        "python": r"^(?:import|from) ([a-z]\w*)",
        "javascript": r"""(?:require\(|from )["']((?:node:)?[a-z]\w*)["']""",
        "java": r"^import java\.(util|io|time|nio)\b",
        "go": r'^\s*(?:import )?"([a-z]+)"$',
    }
    pattern = patterns.get(language)
    found = re.finditer(pattern, code, re.MULTILINE) if pattern else ()
    return [(m.start(1), m.end(1), f"{m[1]}qz") for m in found]


KINDS: Mapping[str, Callable[[str, str], list[Place]]] = {
    "name": _names,
    "bracket": _brackets,
    "argument": _arguments,
    "type": _types,
    "import": _imports,
}

"""Python blocks that are a part of something: their comments say what is left out, or around them.

A comment has to have the very name that the block lacks, or to say that the block is no program,
and that excuses only what the block calls, or a class. A forgotten import, and a name that is
nearly another, stay mistakes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from daytona_validate._core.fragments.known_names import FORGOTTEN_NAMES, OWN_NAMES
from daytona_validate._core.fragments.near_names import is_misspelt
from daytona_validate._models import Missing, MissingKind

_COMMENT = re.compile(r"^[ \t]*#(.*)$", re.MULTILINE)
_HEADER = re.compile(r"\s*(?:async\s+)?def\s+(\w+)\s*\(([^#]{0,500}?)\)")
_DOTS = re.compile(r"\s*(?:\.\.\.|…).*|.*(?:\.\.\.|…)\s*")
_NO_PROGRAM = re.compile(
    r"\W{0,9}(?:conceptual(?:ly)?|pseudo-?\s?code|sketch|hypothetical|illustrative|schematic"
    r"|excerpt|fragment|not runnable|for illustration)"
    r"(?: (?:code|example|only|program|purposes))?(?:[:.,(]| from\b|\s*$)"
    r"|.*\((?:conceptual|excerpt)\)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d]\w*")
_KNOWN = FORGOTTEN_NAMES["python"] | OWN_NAMES["python"]
_MOST_COMMENTS = 200
_MOST_CHARACTERS = 500
_FIRST_LINES = 3


def left_out(code: str, missing: Missing) -> str | None:
    """Return what a block says of the name that it lacks; None: it may be a mistake.

    Args:
        code: The block.
        missing: What it failed for want of.
    """
    name = missing.name
    is_name = missing.kind is MissingKind.NAME and _WORD.fullmatch(name) is not None
    if not is_name or name in _KNOWN:
        return None
    words = (each for each in _WORD.findall(_COMMENT.sub("", code)) if each != name)
    reasons = (rule(code, name) for rule in _RULES)
    reason = next((each for each in reasons if each is not None), None)
    return None if reason is None or is_misspelt(name, words) else reason


def _parameter(code: str, name: str) -> str | None:
    """Return whose parameter a name is, if a comment shows the head of a function."""
    for comment in _comments(code):
        header = _HEADER.match(comment)
        if header is not None and name in _WORD.findall(header[2]):
            return f"a part of {header[1]}, whose parameter {name} is"
    return None


def _in_dots(code: str, name: str) -> str | None:
    """Return that a comment with `...` in place of code has the name, above its first use."""
    above = code[: _first_use(code, name)]
    dotted = (each for each in _comments(above) if _DOTS.fullmatch(each))
    is_there = any(name in _WORD.findall(each) for each in dotted)
    return f"'...' in a comment stands for what makes {name}" if is_there else None


def _first_use(code: str, name: str) -> int:
    """Return where code has a name first, outside comments."""
    hidden = _COMMENT.sub(lambda found: " " * len(found[0]), code)
    found = re.search(rf"\b{name}\b", hidden)
    return len(code) if found is None else found.start()


def _example(code: str, name: str) -> str | None:
    """Return that a name stands alone, for an example that the comment beside it tells of."""
    beside = re.search(rf"^[ \t]*{name}[ \t]*#[ \t]*(?:some|any)\b", code, re.MULTILINE)
    return None if beside is None else f"{name} stands for an example, as the comment says"


def _sketched(code: str, name: str) -> str | None:
    """Return that the first lines of a block say that it is no program, but a use of others."""
    top = "\n".join(code.lstrip().split("\n")[:_FIRST_LINES])
    said = next((each for each in _comments(top) if _NO_PROGRAM.match(each)), None)
    is_class = name[0].isupper()
    is_used = is_class or re.search(rf"(?<![\w.]){name}\(", _COMMENT.sub("", code)) is not None
    known = (each for each in _KNOWN if each[0].isupper() == is_class and each != "None")
    if said is None or not is_used or is_misspelt(name, known):
        return None
    return f"a sketch, as it says: {said.strip()[:60]}"


def _comments(code: str) -> Iterator[str]:
    for number, found in enumerate(_COMMENT.finditer(code)):
        if number < _MOST_COMMENTS:
            yield found[1][:_MOST_CHARACTERS]


_RULES: tuple[Callable[[str, str], str | None], ...] = (
    *(_parameter, _in_dots),
    *(_example, _sketched),
)

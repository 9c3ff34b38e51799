"""Python blocks that are a part of something: their comments say what is left out, or around them.

Each rule needs the very name that the block lacks, or a word of its author that it is no program.
A name that is nearly another stays a mistake.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from daytona_validate._core.fragments.near_names import is_misspelt
from daytona_validate._models import Missing, MissingKind

_COMMENT = re.compile(r"^[ \t]*#(.*)$", re.MULTILINE)
_HEADER = re.compile(r"\s*(?:async\s+)?def\s+(\w+)\s*\(([^#]{0,500}?)\)")
_DOTS = re.compile(r"\s*(?:\.\.\.|…).*|.*(?:\.\.\.|…)\s*")
_NO_PROGRAM = re.compile(
    r"\W*(?:conceptual(?:ly)?|pseudo-?\s?code|sketch|simplified|hypothetical|illustrative|schematic"
    r"|excerpt|fragment|not runnable|for illustration)\b|.*\((?:conceptual|simplified|excerpt)\)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d]\w*")
_MOST_COMMENTS = 200
_FIRST_LINES = 3


def left_out(code: str, missing: Missing) -> str | None:
    """Return what a block says of the name that it lacks; None: it may be a mistake.

    Args:
        code: The block.
        missing: What it failed for want of.
    """
    name = missing.name
    if missing.kind is not MissingKind.NAME or _WORD.fullmatch(name) is None:
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
    """Return that a comment with `...` in place of code has the name."""
    dotted = (each for each in _comments(code) if _DOTS.fullmatch(each))
    is_there = any(name in _WORD.findall(each) for each in dotted)
    return f"'...' in a comment stands for what makes {name}" if is_there else None


def _sketched(code: str, _name: str) -> str | None:
    """Return that the first lines of a block say that it is no program."""
    top = "\n".join(code.lstrip().split("\n")[:_FIRST_LINES])
    said = next((each for each in _comments(top) if _NO_PROGRAM.match(each)), None)
    return None if said is None else f"a sketch, as it says: {said.strip()[:60]}"


def _comments(code: str) -> Iterator[str]:
    for number, found in enumerate(_COMMENT.finditer(code)):
        if number < _MOST_COMMENTS:
            yield found[1][:_MOST_CHARACTERS]


_MOST_CHARACTERS = 500
_RULES: tuple[Callable[[str, str], str | None], ...] = (_parameter, _in_dots, _sketched)

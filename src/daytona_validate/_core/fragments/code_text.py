"""Code without its strings and comments, line by line: where signs mean what they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

# Nothing here is given back once it is taken (`*+`), which costs 100 bytes of memory a character.
_STRING = r'"(?:[^"\\\n]++|\\.)*+"?|\'(?:[^\'\\\n]++|\\.)*+\'?'
_C = rf"//[^\n]*|/\*(?:[^*]++|\*(?!/))*+(?:\*/)?|`(?:[^`\\]++|\\.)*+`?|{_STRING}"
_HIDDEN = {
    "python": re.compile(
        r'#[^\n]*|"""(?:[^"\\]++|\\.|"(?!""))*+(?:""")?'
        r"|'''(?:[^'\\]++|\\.|'(?!''))*+(?:''')?|" + _STRING,
        re.DOTALL,
    ),
    "sql": re.compile(r"--[^\n]*|/\*(?:[^*]++|\*(?!/))*+(?:\*/)?|'[^']*'?|\"[^\"\n]*\"?"),
}
_OTHERS = re.compile(_C, re.DOTALL)
_LINE_COMMENTS = {"python": "#", "sql": "--"}
_OTHER_LINE_COMMENT = "//"
READ_CHARACTERS = 50_000
"""Of a block that another is looked for in."""


@dataclass(frozen=True, slots=True)
class Comment:
    """Comment that a line ends in."""

    code: str
    """What stands before it in the line, without strings."""
    text: str


def bare_lines(code: str, language: str) -> list[str]:
    """Return the lines of code with blanks for strings and comments."""
    hidden = _HIDDEN.get(language, _OTHERS)
    return hidden.sub(_blanked, code).split("\n")


def _blanked(found: re.Match[str]) -> str:
    return "\n".join(" " * len(line) for line in found[0].split("\n"))


@lru_cache(maxsize=128)  # a page's blocks are read again for each that fails
def bare_text(code: str, language: str) -> str:
    """Return code with blanks for strings and comments."""
    return "\n".join(bare_lines(code, language))


def bare_start(code: str, language: str) -> str:
    """Return as much of code, with blanks there, as is read to find something in it."""
    return bare_text(code[:READ_CHARACTERS], language)


def code_line(lines: Sequence[str], line: int | None) -> str:
    """Return a 1-based line of code; "" if there is none."""
    return lines[line - 1] if line is not None and 0 < line <= len(lines) else ""


def comment_of(code: str, language: str, line: int) -> Comment | None:
    """Return the comment that a 1-based line ends in; None if there is none, or no such line."""
    lines = code.split("\n")
    if not 0 < line <= len(lines):
        return None
    start = sum(len(each) + 1 for each in lines[: line - 1])
    end = start + len(lines[line - 1])
    mark = _LINE_COMMENTS.get(language, _OTHER_LINE_COMMENT)
    for found in _HIDDEN.get(language, _OTHERS).finditer(code, 0, end):
        if found.start() >= start and found[0].startswith(mark):
            before = bare_lines(code[:end], language)[line - 1].strip()
            return Comment(before, found[0].removeprefix(mark).strip())
    return None


def said_lines(code: str) -> list[str]:
    """Return the lines of code that are not blank, without white space around them."""
    return [line.strip() for line in code.split("\n") if line.strip()]

"""Code without its strings and comments, line by line: where signs mean what they are."""

from __future__ import annotations

import re

_STRING = r'"(?:[^"\\\n]|\\.)*"?|\'(?:[^\'\\\n]|\\.)*\'?'
_C = rf"//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?|`(?:[^`\\]|\\.)*`?|{_STRING}"
_HIDDEN = {
    "python": re.compile(
        r'#[^\n]*|"""(?:[^"\\]|\\.|"(?!""))*(?:""")?'
        r"|'''(?:[^'\\]|\\.|'(?!''))*(?:''')?|" + _STRING,
        re.DOTALL,
    ),
    "sql": re.compile(r"--[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?|'[^']*'?|\"[^\"\n]*\"?"),
}
_OTHERS = re.compile(_C, re.DOTALL)
_NOT_BLANK = re.compile(r"[^\n]")


def bare_lines(code: str, language: str) -> list[str]:
    """Return the lines of code with blanks for strings and comments."""
    hidden = _HIDDEN.get(language, _OTHERS)
    return hidden.sub(lambda found: _NOT_BLANK.sub(" ", found[0]), code).split("\n")


def said_lines(code: str) -> list[str]:
    """Return the lines of code that are not blank, without white space around them."""
    return [line.strip() for line in code.split("\n") if line.strip()]

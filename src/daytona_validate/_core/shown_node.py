"""Whether the value that a session of Node shows is the one that was printed."""

from __future__ import annotations

import re
from collections.abc import Iterable

from daytona_validate._core.shown_line import normal

NODE_CHANGES = re.compile(
    r"\b(?:Date|random|randomUUID|random\w+|now|hrtime|performance|process|os|__dirname|__filename"
    r"|require|memoryUsage|setTimeout|setInterval|setImmediate|fetch)\b"
)
"""Prints another text from run to run, from version to version, or later."""
NODE_ERROR = re.compile(r"(?:Uncaught:? |Thrown:\s*)*\w{0,80}(?:Error|Exception)\b")
_CUT = re.compile(r"\.\.\.|…|\[(?:Object|Array|Getter|Setter|Circular|Function|class)|more items?")
"""Says that something is left out, or is said otherwise by other versions."""
_NO_OUTPUT = re.compile(r"(?:<|←|->|=>).*|[A-Z]\w{0,40}(?: [\w'’,;()-]{1,40}){3,99}[.:!?]")  # noqa: RUF001 - authors write these
"""What another console writes before a value; and a sentence, which may be the author's."""
_NOTHING = "undefined"


def node_agrees(shown: tuple[str, ...], printed: tuple[str, ...]) -> bool:
    """Return whether what is shown was printed, or is not plainly an output of Node's.

    Args:
        shown: The lines that the page shows.
        printed: Those that Node wrote.
    """
    want, got = _plain(shown), _plain(printed)
    text = " ".join(want)
    if not want or _CUT.search(text) or any(map(_NO_OUTPUT.fullmatch, want)):
        return True
    if NODE_ERROR.match(text) or (got and NODE_ERROR.match(got[0])):
        return bool(got) and _name(text) == _name(got[0])
    forms = {_form(want), _form(_without_nothing(want))}
    return bool(forms & {_form(got), _form(_without_nothing(got))})


def _plain(lines: Iterable[str]) -> list[str]:
    """Return lines without blank ones, and without comments."""
    return [line for line in lines if line.strip() and not line.lstrip().startswith("//")]


def _without_nothing(lines: list[str]) -> list[str]:
    """Return lines without the value of what has none, which many pages leave out."""
    return lines[:-1] if lines[-1:] == [_NOTHING] else lines


def _form(lines: list[str]) -> str:
    """Return an output as one line: versions of Node part values into lines in other ways."""
    return normal(" ".join(normal(line) for line in lines)).replace(" ", "")


def _name(text: str) -> str:
    """Return the name of an error, without what is said of it."""
    found = NODE_ERROR.match(text)
    return "" if found is None else found[0].split(" ")[-1]

"""Errors that a page of Python shows below a block: the block that has one has it on purpose.

The error must be of the type that is shown, and its message, if that is shown, about the same
names. An error that a slip of the pen leads to must be shown with its message; one of the parser
with the very same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from daytona_validate._core.details import cause
from daytona_validate._core.hedges import is_hedged
from daytona_validate._core.said_around import SaidAround
from daytona_validate._core.slips import is_slip
from daytona_validate._models import CodeValidationResult, Outcome

_FAILED = frozenset({Outcome.COMPILE_ERROR, Outcome.RUNTIME_ERROR})
_ERROR = re.compile(
    r"(?:\w{1,80}\.){0,9}([A-Z]\w{0,80}(?:Error|Exception|Interrupt|Iteration|Exit|Warning))\b(?::(.*))?"
)
_LABEL = re.compile(
    r"[\W_]*(?:(?:output|result|error|raises|gives|throws|uncaught"
    r"|this raises|will raise)\b[\W_]*)?",
    re.IGNORECASE,
)
_OF_PARSER = frozenset({"SyntaxError", "IndentationError", "TabError"})
_PLACE = re.compile(r" \(line \d+\).*$|, also with .*$")
_COMMENT = re.compile(r"\s*#(.*)")
_MOST_COMMENTS = 12
_WORD = re.compile(r"\w+")
_QUOTED = re.compile(r"'(\w+)'")


def is_shown_to_fail(around: SaidAround, code: str, result: CodeValidationResult) -> bool:
    """Return whether a block failed as its page shows.

    Args:
        around: What its page says around it.
        code: The block, as its page has it.
        result: Its last result, with a line of the block.
    """
    if result.outcome not in _FAILED or result.language != "python":
        return False
    happened = _ERROR.match(_PLACE.sub("", cause(result.details)))
    if happened is None:
        return False
    name, message = happened[1], happened[2] or ""
    shown = (*map(_last_error, around.outputs), *_in_comments(code, result))
    return any(each is not None and _is_same(each, name, message, result) for each in shown)


def _last_error(output: str) -> tuple[str, str] | None:
    """Return the type and the message of the last error that an output shows."""
    lines = output.rstrip().split("\n")
    for at in range(len(lines) - 1, -1, -1):
        found = _ERROR.match(lines[at])
        if found is not None and _ERROR.fullmatch(lines[at].rstrip()):
            return found[1], found[2] or ""
    return None


def _in_comments(code: str, result: CodeValidationResult) -> Iterator[tuple[str, str]]:
    """Yield the errors that the comments directly below the failing line begin with."""
    line, lines = result.error_line or 0, code.split("\n")
    for below in lines[line : line + _MOST_COMMENTS] if line else ():
        comment = _COMMENT.fullmatch(below)
        if comment is None:
            break
        text = comment[1]
        label = _LABEL.match(text)
        found = _ERROR.match(text, label.end() if label else 0) or _ERROR.match(text.strip())
        if found is not None and (found[2] or not is_hedged(text)):
            yield found[1], found[2] or ""


def _is_same(shown: tuple[str, str], name: str, message: str, result: CodeValidationResult) -> bool:
    """Return whether an error is the one shown, or that of another version: half of its words."""
    shown_name, shown_message = shown
    if shown_name != name or (is_slip(result) and not shown_message.strip()):
        return False
    if name in _OF_PARSER:
        return shown_message.split() == message.split()
    words, quoted = set(_WORD.findall(shown_message)), set(_QUOTED.findall(shown_message))
    there = set(_WORD.findall(message))
    if is_slip(result) and not set(_QUOTED.findall(message)) <= words:
        return False
    return quoted <= there and 2 * len(words & there) >= len(words)

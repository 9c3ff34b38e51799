"""Errors that a page shows around a block: the block that has one has it on purpose.

The error must be of the type that is shown, and have the message that is shown; Python's may be
worded as by another version, but of the same names. An error that a slip of the pen leads to must
be shown with its message; one of Python's parser with the very same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from daytona_validate._core.compiler_errors import other_errors
from daytona_validate._core.details import cause
from daytona_validate._core.failing_lines import failing_lines
from daytona_validate._core.hedges import is_hedged
from daytona_validate._core.page_context import PageContext
from daytona_validate._core.slips import is_slip, says_slip
from daytona_validate._core.told_error import (
    SHORTEST_QUOTE,
    has_message,
    has_old_wording,
    message_of,
    name_of,
    said,
)
from daytona_validate._models import CodeValidationResult

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
_QUOTED = re.compile(r"'([\w.]+)'")
_NO_SYMBOL = "cannot find symbol"
_SYMBOL = re.compile(rf"{_NO_SYMBOL}: (.*)")


def is_shown(context: PageContext, code: str, result: CodeValidationResult) -> bool:
    """Return whether a page shows the error of a block that failed.

    Args:
        context: What the page shows around it.
        code: The block, as its page has it.
        result: Of the block, with a line of it.
    """
    if context.fence and _shows(context.fence, result):
        return True
    happened = _ERROR.match(_PLACE.sub("", cause(result.details)))
    if result.language != "python" or happened is None:
        return False
    name, message = happened[1], happened[2] or ""
    shown = (*map(_last_error, context.outputs), *_in_comments(code, result))
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
    """Yield the errors that the comments directly below the failing statement begin with.

    Below one that only called it, an error counts that has its message.
    """
    at, lines = failing_lines(code, result), code.split("\n")
    for line in at.own:
        yield from _below(lines, line)
    for line in at.calling:
        yield from (each for each in _below(lines, line) if each[1].strip())


def _below(lines: list[str], line: int) -> Iterator[tuple[str, str]]:
    """Yield the errors that the comments directly below a line begin with."""
    for below in lines[line : line + _MOST_COMMENTS]:
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
    words, there = set(_WORD.findall(shown_message)), set(_WORD.findall(message))
    quoted, own = set(_QUOTED.findall(shown_message)), set(_QUOTED.findall(message))
    if name in _OF_PARSER or (is_slip(result) and not own):
        return shown_message.split() == message.split()
    is_of_same = quoted == own if is_slip(result) else quoted <= (there | own)
    return is_of_same and 2 * len(words & there) >= len(words)


def _shows(output: str, result: CodeValidationResult) -> bool:
    """Return whether an output has the error's message, or its name where no slip leads to it."""
    shown, message = " ".join(output.split()), message_of(result)
    _, *others = errors_of(result)
    if any(says_slip(each) and not _has_other(shown, each) for each in others):
        return False
    if has_message(shown, message) or has_old_wording(shown, message):
        return True
    lacks, kind = result.missing, message.partition(":")[0]
    if lacks is not None:
        named = rf"(?:: |symbol: \w{{1,20}} |['\"]){re.escape(lacks.name)}(?![\w$])"
        return len(kind) >= SHORTEST_QUOTE and kind in shown and re.search(named, shown) is not None
    name = name_of(result)
    if name is None or is_slip(result):
        return False
    line = (
        r'^(?:Uncaught |Exception in thread "[\w-]+" |.{0,200}[:-] error )?'
        rf"(?:\w+\.)*{name}[ \t\r]*$"
    )
    return re.search(line, output, re.MULTILINE) is not None


def _has_other(shown: str, message: str) -> bool:
    """Return whether an output has a message; javac sets the name it is about below the line."""
    message, symbol = " ".join(message.split()), _SYMBOL.match(message)
    if symbol is None:
        return message in shown
    named = rf"symbol: {re.escape(symbol[1])}(?![\w$])"
    return _NO_SYMBOL in shown and re.search(named, shown) is not None


def errors_of(result: CodeValidationResult) -> Iterator[str]:
    """Yield the messages of a failure: all of a compiler's, which tells the first of them."""
    yield said(result)
    yield from (message for _, message in other_errors(result))

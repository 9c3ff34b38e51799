"""Errors that a slip of the pen leads to, and what a page must say to tell of one on purpose.

A slip is a misspelt name, a bracket or a separator; an error of its kind is only excused by a text
that has its message, or sets the name that it is about as code.
"""

from __future__ import annotations

import re

from daytona_validate._core.told_error import has_message, said
from daytona_validate._models import CodeValidationResult

_READ_CHARACTERS = 300
_BEFORE_MESSAGE = re.compile(
    r"(?:Uncaught )?(?:TS\d+: |ERROR: |(?:\w{1,80}\.){0,9}[A-Z]\w{0,80}: )"
)
_SLIP = re.compile(
    r"(?:Uncaught )?(?:\w+\.){0,9}(?:Name|UnboundLocal|Attribute|Import|ModuleNotFound|Syntax"
    r"|Indentation|Tab|Reference)Error\b|TS(?:1\d{3}|2304|2305|2307|2318|2503|255[12]|258\d|2614"
    r"|2693|2694|2724|17\d{3}|18004): "
)
"""Errors that a slip of the pen leads to, by their types."""
_SLIP_WORDS = re.compile(
    r"\bundefined\b|not defined|is not a (?:function|constructor)|[Cc]annot (?:find|read|set) "
    r"|does not exist|syntax error|Did you mean|has no (?:attribute|field)"
    r"|expected$|expected \(|illegal (?:start|character)|not a statement|unclosed"
    r"|reached end of file|unexpected (?!type|return)|without '|orphaned |missing return type"
    r"|expected .{1,40}, found |missing ',' "
)
_NO_SLIP = re.compile(
    r"before initialization|has already been declared|Missing initializer in const"
    r"|[Mm]ust call super constructor|private field"
)
"""Errors of a form that no misspelt name and no bracket leads to."""
TYPE_OF_TYPESCRIPT = re.compile(r"TS(?:2339|2345|2353|2322|2741): (?!.*Did you mean)")
"""Errors of TypeScript's types."""
_SLIP_NAMES = re.compile(
    r"(?:attribute|name|named|reading|setting|Property|relation|column|table|function|module)"
    r" ['\"`(]{1,2}([\w$]+)"
    r"|undefined: (?:\w+\.)?(\w+)|([\w$]+) is not (?:defined|a function|a constructor)"
    r"|symbol: \w+ (\w+)"
)


def is_slip(result: CodeValidationResult) -> bool:
    """Return whether an error is one that a slip of the pen leads to."""
    message = said(result)
    lacks = result.missing is not None and not TYPE_OF_TYPESCRIPT.match(message)
    return says_slip(message) or lacks


def says_slip(message: str) -> bool:
    """Return whether an error's message is one that a slip of the pen leads to."""
    if TYPE_OF_TYPESCRIPT.match(message) or _NO_SLIP.search(message):
        return False
    return _SLIP.match(message) is not None or _SLIP_WORDS.search(message) is not None


def has_its_name(text: str, error: str, result: CodeValidationResult | None = None) -> bool:
    """Return whether a text has an error's message, or the names that the error is about.

    Args:
        text: Of a page, or a comment.
        error: Its message, with its type before it and without its place.
        result: That has the error; None: it is not the first one of a result.
    """
    error = error[:_READ_CHARACTERS]
    if has_message(text, _BEFORE_MESSAGE.sub("", error, count=1)):
        return True
    names = {name for found in _SLIP_NAMES.finditer(error) for name in found.groups() if name}
    if result is not None and result.missing is not None:
        names = {result.missing.name}
    return bool(names) and all(_is_set_as_code(text, each) for each in names)


def _is_set_as_code(text: str, name: str) -> bool:
    """Return whether a text begins with a name, or has it in quotes: else it may be a word."""
    name = rf"(?:[\w$]{{1,80}}\.){{0,9}}{re.escape(name)}(?![\w$])"
    return re.search(rf"^[\W_]{{0,9}}{name}|[`'\"]{name}[()]{{0,2}}[`'\"]", text) is not None

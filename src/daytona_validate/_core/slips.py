"""Errors that a slip of the pen leads to, and what a page must say to tell of one on purpose.

A slip is a misspelt name, a bracket or a separator; an error of its kind is only excused by a text
that has its message, or sets the name that it is about as code.
"""

from __future__ import annotations

import re

from daytona_validate._core.details import cause
from daytona_validate._models import CodeValidationResult

_SHORTEST_QUOTE = 12
_READ_CHARACTERS = 300
_PLACE = re.compile(r" \(line \d{1,9}\)(?:, also with .*)?$")
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
_OLD_WORDING = re.compile(r"Cannot (read|set) property '?([\w$]{1,80})'? of (undefined|null)")
_NEW_WORDING = re.compile(
    r"Cannot (read|set) properties of (undefined|null) \((?:reading|setting) '([\w$]{1,80})'\)"
)
_SLIP_NAMES = re.compile(
    r"(?:attribute|name|named|reading|setting|Property|relation|column|table|function|module)"
    r" ['\"`(]{1,2}([\w$]+)"
    r"|undefined: (?:\w+\.)?(\w+)|([\w$]+) is not (?:defined|a function|a constructor)"
    r"|symbol: \w+ (\w+)"
)


def is_slip(result: CodeValidationResult) -> bool:
    """Return whether an error is one that a slip of the pen leads to."""
    said = cause(result.details)[:_READ_CHARACTERS]
    return says_slip(said) or (result.missing is not None and not TYPE_OF_TYPESCRIPT.match(said))


def says_slip(said: str) -> bool:
    """Return whether an error's message is one that a slip of the pen leads to."""
    if TYPE_OF_TYPESCRIPT.match(said) or _NO_SLIP.search(said):
        return False
    return _SLIP.match(said) is not None or _SLIP_WORDS.search(said) is not None


def is_old_wording(comment: str, said: str) -> bool:
    """Return whether a comment quotes an error of Node's in the words of its older versions."""
    old, new = _OLD_WORDING.search(comment), _NEW_WORDING.search(said)
    return old is not None and new is not None and old.group(1, 2, 3) == new.group(1, 3, 2)


def has_its_name(text: str, error: str, result: CodeValidationResult | None = None) -> bool:
    """Return whether a text has an error's message, or the names that the error is about.

    Args:
        text: Of a page, or a comment.
        error: Its message, with its type before it.
        result: That has the error; None: it is not the first one of a result.
    """
    error = _PLACE.sub("", error[:_READ_CHARACTERS])
    message = " ".join(_BEFORE_MESSAGE.sub("", error, count=1).split())
    if len(message) >= _SHORTEST_QUOTE and message in " ".join(text.split()):
        return True
    names = {name for found in _SLIP_NAMES.finditer(error) for name in found.groups() if name}
    if result is not None and result.missing is not None:
        names = {result.missing.name}
    return bool(names) and all(_is_set_as_code(text, each) for each in names)


def _is_set_as_code(text: str, name: str) -> bool:
    """Return whether a text begins with a name, or has it in quotes: else it may be a word."""
    name = rf"(?:[\w$]{{1,80}}\.){{0,9}}{re.escape(name)}(?![\w$])"
    return re.search(rf"^[\W_]{{0,9}}{name}|[`'\"]{name}[()]{{0,2}}[`'\"]", text) is not None


def has_word(text: str, word: str) -> bool:
    """Return whether a text has a word, and not only as a part of another one."""
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None

"""Errors of a compiler, each with its line: those of Java, Go and TypeScript go on after the first.

The rules that excuse an error go through all of them: one that a page tells of must hide no other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from daytona_validate._core.details import cause
from daytona_validate._core.fragments.go_program import AROUND
from daytona_validate._core.fragments.java_compiler_errors import java_errors
from daytona_validate._models import CodeValidationResult, Outcome

NO_NAME = re.compile(r"TS2304: Cannot find name '([\w$]+)'\.")
"""TypeScript's message of a name that nothing declares and that is near to no other."""
_ERROR = re.compile(
    r"^(?:(\S{1,200}?)\((\d{1,9}),\d{1,9}\): error (?=TS\d)"
    r"|(\S{1,200}?\.go):(\d{1,9})(?::\d{1,9})?: )(.*)",
    re.MULTILINE,
)
_IS_ADDED = re.compile(rf"(?:\S*/)?(?:{re.escape(AROUND)}|[Ee]arlier\w*\.(?:java|go))")
"""Names of the files that a completion puts beside a block: its other lines are not the block's."""
_KIND = re.compile(r"(?<=^cannot find symbol: )\w+ (?=\w)")
_MOST_ERRORS = 200


def compiler_errors(result: CodeValidationResult) -> Iterator[tuple[int | None, str]]:
    """Yield the errors that a compiler told, in order; none if it was not the compiler that failed.

    Args:
        result: Of a block, whose lines the program has as they are.

    Yields:
        The 1-based line, None if that is none of the block's; and the message, Java's with the
        name that nothing declares, as in `cannot find symbol: class Cart`.
    """
    if result.outcome is Outcome.COMPILE_ERROR:
        yield from islice(_told(result), _MOST_ERRORS)


def other_errors(result: CodeValidationResult) -> Iterator[tuple[int | None, str]]:
    """Yield the same without the one that the result tells: it has its line and its message."""
    said = _without_kind(cause(result.details))
    for line, message in compiler_errors(result):
        if line != result.error_line or not _begins_with(said, _without_kind(message)):
            yield line, message


def _told(result: CodeValidationResult) -> Iterator[tuple[int | None, str]]:
    for each in java_errors(result):
        symbol = "" if each.symbol is None else f": {each.kind} {each.symbol}"
        yield _own_line(each.file, each.line), f"{each.message}{symbol}"
    for found in _ERROR.finditer(result.error or ""):
        yield _own_line(found[1] or found[3], int(found[2] or found[4])), found[5].strip()


def _own_line(file: str, line: int) -> int | None:
    return None if _IS_ADDED.fullmatch(file) else line


def _without_kind(message: str) -> str:
    """Return a message without what a name would be: that of a completion does not say it."""
    return _KIND.sub("", " ".join(message.split()), count=1)


def _begins_with(said: str, message: str) -> bool:
    """Return whether details are of a message, and not of one that goes on within its last word."""
    return re.match(rf"{re.escape(message)}(?!\w)", said) is not None

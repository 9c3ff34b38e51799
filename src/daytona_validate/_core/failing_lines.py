"""Lines of a Python block that an uncaught error went through, as its traceback has them.

A comment on an error stands where its statement ends, and the statement that is shown to fail may
only call what raises. Of a statement with a body, the line of the error is all.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from daytona_validate._core.languages.python_traceback import FRAME, last_uncaught
from daytona_validate._core.python_tree import python_tree
from daytona_validate._models import CodeValidationResult

_ENTRY_FILE = "main.py"
_LONGEST_CHARACTERS = 50_000
_MOST_LINES = 20


@dataclass(frozen=True, slots=True)
class FailingLines:
    """Line numbers of a failure in its block, from 1."""

    own: tuple[int, ...]
    """The first and the last line of the statement that failed."""
    calling: tuple[int, ...]
    """The last lines of those that called what failed."""


def failing_lines(code: str, result: CodeValidationResult) -> FailingLines:
    """Return the lines of a failure; the line of the error alone where no more is known.

    Args:
        code: The block.
        result: Of the block, with a line of it.
    """
    line = result.error_line
    if line is None:
        return FailingLines((), ())
    is_read = result.language == "python" and len(code) <= _LONGEST_CHARACTERS
    tree = python_tree(code) if is_read else None
    if tree is None:
        return FailingLines((line,), ())
    statements = _plain_statements(tree)
    first, last = _ends(statements, line)
    uncaught = last_uncaught((result.error or "").split("\n"))
    frames = [FRAME.match(each) for each in (uncaught.trace if uncaught else ())]
    traced = [int(each[2]) for each in frames if each is not None and each[1] == _ENTRY_FILE]
    calls = traced[:-1][:_MOST_LINES] if traced[-1:] == [line] else []
    calling = (_ends(statements, each)[1] for each in calls)
    return FailingLines(_once(first, line, last), _once(*calling))


def _once(*lines: int) -> tuple[int, ...]:
    return (*dict.fromkeys(lines),)


def _plain_statements(tree: ast.Module) -> list[tuple[int, int]]:
    """Return the first and the last line of each statement that has no body."""
    statements = (each for each in ast.walk(tree) if isinstance(each, ast.stmt))
    plain = (each for each in statements if not isinstance(each, ast.Match))
    plain = (each for each in plain if not hasattr(each, "body"))
    return [(each.lineno, each.end_lineno or each.lineno) for each in plain]


def _ends(statements: list[tuple[int, int]], line: int) -> tuple[int, int]:
    """Return the first and the last line of the statement that a line is in."""
    found = (each for each in statements if each[0] <= line <= each[1])
    return next(found, (line, line))

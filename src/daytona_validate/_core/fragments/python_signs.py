"""Recognizers of Python that is no program: the body of a function, a later branch, Python 2.

Each goes by the compiler's own words and by the line that it names. A bracket that is missing there
makes the compiler say something else.
"""

from __future__ import annotations

import re

from daytona_validate._core.details import cause
from daytona_validate._core.fragments.code_text import bare_lines
from daytona_validate._models import CodeValidationResult

_IN_FUNCTION = re.compile(
    r"SyntaxError: '(?:return|await|yield|async (?:with|for))' outside (?:async )?function"
)
_NO_SELF = re.compile(r"NameError: name '(self|cls)' is not defined")
_AWAITS = re.compile(r"SyntaxError: '(?:await|async (?:with|for))' outside (?:async )?function")
_CONTINUES = re.compile(r"(?:except|finally|elif|else)\b[^\n]*:")
_DEFINES = re.compile(r"(?:async\s+)?def\b|class\b|.*\blambda\b")
_NEVER_CLOSED = re.compile(r"SyntaxError: '[(\[{]' was never closed")
_BREAKS_OFF = re.compile(r"[\w)\]}]\s*,\s*(?:\.\.\.|…)$")
_HAS_DOTS = re.compile(r"\b(?:[Tt]uple|Callable|Concatenate)\[")
"""What takes `...` for an argument of its own."""
_PYTHON_2 = (
    (
        re.compile(r"SyntaxError: Missing parentheses in call to '(?:print|exec)'"),
        re.compile(r"(?:.*[:;])?\s*(?:print|exec)\s+(?:>>|[\w\"'`{\[-])"),
    ),
    (
        re.compile(r"SyntaxError: multiple exception types must be parenthesized"),
        re.compile(r"\s*except\s+[\w.()]+(?:\s*,\s*[\w.()]+)+\s*:"),
    ),
)


def function_body(code: str, result: CodeValidationResult) -> str | None:
    """Return what code is that would compile inside a function: nothing else is wrong with it.

    The compiler looks for such words once all the rest is parsed.
    """
    if _IN_FUNCTION.match(cause(result.details)) is None:
        return None
    lines = bare_lines(code, "python")
    if not any(_DEFINES.match(line.lstrip()) for line in lines):
        return "the body of a function; it compiles"
    is_awaited = _AWAITS.match(cause(result.details)) is not None
    if is_awaited and _stands_apart(lines, result.error_line):
        return "the body of an async function; it compiles"
    return None


def method_body(code: str, result: CodeValidationResult) -> str | None:
    """Return what code is that reads `self` with no class and no function around it."""
    found = _NO_SELF.match(cause(result.details))
    lines = bare_lines(code, "python")
    if found is None or any(_DEFINES.match(line.lstrip()) for line in lines):
        return None
    return f"the body of a method: it needs {found[1]}"


def _stands_apart(lines: list[str], line: int | None) -> bool:
    """Return whether a line is of no definition, and its statement of none that has slipped out.

    A blank line stands between it and what is indented above it; or it is in a statement that does.
    """
    start = line or 0
    while 1 < start <= len(lines) and lines[start - 1][:1].isspace():
        start -= 1
    above = lines[start - 2 : start - 1] if start > 1 else []
    is_apart = all(not each.strip() or not each[:1].isspace() for each in above)
    opens = lines[start - 1] if 0 < start <= len(lines) else ""
    is_defined = any(map(_DEFINES.match, [*above, opens]))
    return bool(opens) and is_apart and not is_defined


def later_branch(code: str, result: CodeValidationResult) -> str | None:
    """Return what code is that begins with a later branch of a statement."""
    first = next((line.strip() for line in bare_lines(code, "python") if line.strip()), "")
    is_syntax = cause(result.details).startswith("SyntaxError: invalid syntax")
    is_one = is_syntax and _CONTINUES.match(first) is not None
    return f"it begins in the middle of a statement: {first.split()[0]}" if is_one else None


def unfinished(code: str, result: CodeValidationResult) -> str | None:
    """Return what code is that breaks off: its last line ends in `, ...` within open brackets."""
    is_open = _NEVER_CLOSED.match(cause(result.details)) is not None
    last = next((line for line in reversed(bare_lines(code, "python")) if line.strip()), "")
    is_broken_off = is_open and _BREAKS_OFF.search(last.rstrip()) and not _HAS_DOTS.search(last)
    return "it breaks off: '...' stands for code that is left out" if is_broken_off else None


def python_2(code: str, result: CodeValidationResult) -> str | None:
    """Return what code is that the Python of long ago took; None: it may be a mistake."""
    said, lines, line = cause(result.details), code.split("\n"), result.error_line
    at_error = lines if line is None else lines[max(line - 1, 0) : line]
    for message, sign in _PYTHON_2:
        if message.match(said) and any(sign.match(each) for each in at_error):
            return "Python 2"
    return None

"""Recognizers of Python that waits for what its reader gives: a line typed, an argument, a name.

Each goes by the error and by the code in the line of the error. A mistake in that line has another
error, and what the error names must stand there.
"""

from __future__ import annotations

import re

from daytona_validate._core.details import cause
from daytona_validate._core.fragments.code_text import bare_lines
from daytona_validate._core.fragments.near_names import is_misspelt
from daytona_validate._models import CodeValidationResult

_READS = re.compile(r"\binput\(|\bstdin\b|\bgetpass\(|\bbreakpoint\(|\bset_trace\(")
_AT_END = re.compile(r"EOFError(?:: EOF when reading a line)?(?: |$)|(?:bdb\.)?BdbQuit")
_NO_ARGUMENT = re.compile(r"(?:IndexError: list index out of range|ValueError: not enough values)")
_ARGUMENTS = re.compile(r"\bargv\b")
_COUNTS_ARGUMENTS = re.compile(r"\blen\((?:sys\.)?argv\)")
_REQUIRED = re.compile(r"\S{1,200}: error: (?:the following arguments are required: |too few arg)")
_EXIT = re.compile(r"\bexit code [12]\b")
_NO_VARIABLE = re.compile(r"KeyError: '([^']+)'")
_NO_NAME = re.compile(r"NameError: name '(\w+)' is not defined")
_BLANK = re.compile(
    r"_{2,}|(?:your|YOUR|Your)(?:_\w+|[A-Z]\w*)|\w+_(?:here|HERE)|(?:insert|replace)_\w+"
)
_WORD = re.compile(r"[^\W\d]\w*")


def typed_input(code: str, result: CodeValidationResult) -> str | None:
    """Return that code reads what nobody typed: its input was at its end."""
    is_at_end = _AT_END.match(cause(result.details)) is not None
    reads = is_at_end and _READS.search("\n".join(bare_lines(code, "python")))
    return "it reads what its reader types" if reads else None


def given_argument(code: str, result: CodeValidationResult) -> str | None:
    """Return that code asks for arguments of a command line, and has been given none."""
    said, bare = cause(result.details), "\n".join(bare_lines(code, "python"))
    is_lacking = (
        (_NO_ARGUMENT.match(said) and _ARGUMENTS.search(_line(code, result)))
        or (_REQUIRED.match(said) and "argparse" in bare)
        or (_EXIT.search(said) and _COUNTS_ARGUMENTS.search(bare))
    )
    return "it needs arguments on its command line" if is_lacking else None


def set_variable(code: str, result: CodeValidationResult) -> str | None:
    """Return that code asks for a variable of the environment, which its reader sets."""
    found, line = _NO_VARIABLE.match(cause(result.details)), _line(code, result)
    if found is None or not re.search(rf"environ\[\s*['\"]{re.escape(found[1])}['\"]", line):
        return None
    return f"it needs the environment variable {found[1]}"


def blank(code: str, result: CodeValidationResult) -> str | None:
    """Return that code has a blank for its reader to fill in: `____`, `your_name`, `YOUR_KEY`."""
    found = _NO_NAME.match(cause(result.details))
    if found is None or not _BLANK.fullmatch(found[1]):
        return None
    words = _WORD.findall("\n".join(bare_lines(code, "python")))
    is_slip = found[1].strip("_") and is_misspelt(found[1], words)
    return None if is_slip else f"{found[1]} is a blank for its reader to fill in"


def _line(code: str, result: CodeValidationResult) -> str:
    lines, line = code.split("\n"), result.error_line or 0
    return lines[line - 1] if 0 < line <= len(lines) else ""

"""Recognizers of Python that waits for what its reader gives: a line typed, an argument, a name.

Each goes by the error and by the code in the line of the error. A mistake in that line has another
error, and what the error names must stand there.
"""

from __future__ import annotations

import re

from daytona_validate._core.details import cause
from daytona_validate._core.fragments.code_text import bare_lines, bare_text, code_line
from daytona_validate._core.fragments.near_names import is_misspelt
from daytona_validate._models import CodeValidationResult

_INPUTS = (
    (re.compile(r"EOFError: EOF when reading a line"), re.compile(r"(?<![\w.])input\(")),
    (re.compile(r"EOFError(?: |$)"), re.compile(r"\bgetpass\(")),
)
"""What its error says, and what the line has that reads."""
_QUITS = re.compile(r"(?:bdb\.)?BdbQuit")
_STOPS = re.compile(r"\bbreakpoint\(|\bset_trace\(")
_ARGUMENTS = (
    (
        re.compile(r"IndexError: list index out of range"),
        re.compile(r"[^\[]*\bargv\[[1-9]\d?\][^\[]*"),
    ),
    (
        re.compile(r"ValueError: not enough values to unpack"),
        re.compile(r"[^=\[]*=\s*(?:sys\.)?argv(?:\[\d?:\])?\s*"),
    ),
)
"""What its error says, and the form of the line: nothing else there can have that error."""
_COUNTS_ARGUMENTS = re.compile(r"\blen\((?:sys\.)?argv\)")
_EXITS = re.compile(r"\bexit\(|\bSystemExit\b")
_LINES_TO_EXIT = 5
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
    said, bare = cause(result.details), bare_lines(code, "python")
    line = code_line(bare, result.error_line)
    is_typed = any(error.match(said) and reads.search(line) for error, reads in _INPUTS)
    is_stopped = _QUITS.match(said) is not None and any(map(_STOPS.search, bare))
    return "it reads what its reader types" if is_typed or is_stopped else None


def given_argument(code: str, result: CodeValidationResult) -> str | None:
    """Return that code asks for arguments of a command line, and has been given none."""
    said, bare = cause(result.details), bare_lines(code, "python")
    line = code_line(bare, result.error_line)
    is_lacking = (
        any(error.match(said) and form.fullmatch(line) for error, form in _ARGUMENTS)
        or (_REQUIRED.match(said) and any("argparse" in each for each in bare))
        or (_EXIT.search(said) and _ends_for_arguments(bare))
    )
    return "it needs arguments on its command line" if is_lacking else None


def _ends_for_arguments(bare: list[str]) -> bool:
    """Return whether the only exit is directly below a count of the arguments."""
    exits = [number for number, line in enumerate(bare) if _EXITS.search(line)]
    if len(exits) != 1:
        return False
    above = bare[max(exits[0] - _LINES_TO_EXIT, 0) : exits[0] + 1]
    return any(map(_COUNTS_ARGUMENTS.search, above))


def set_variable(code: str, result: CodeValidationResult) -> str | None:
    """Return that code asks for a variable of the environment, which its reader sets."""
    found = _NO_VARIABLE.match(cause(result.details))
    line = code_line(code.split("\n"), result.error_line)
    if found is None or not re.search(rf"environ\[\s*['\"]{re.escape(found[1])}['\"]", line):
        return None
    return f"it needs the environment variable {found[1]}"


def blank(code: str, result: CodeValidationResult) -> str | None:
    """Return that code has a blank for its reader to fill in: `____`, `your_name`, `YOUR_KEY`."""
    found = _NO_NAME.match(cause(result.details))
    if found is None or not _BLANK.fullmatch(found[1]):
        return None
    words = _WORD.findall(bare_text(code, "python"))
    is_slip = found[1].strip("_") and is_misspelt(found[1], words)
    return None if is_slip else f"{found[1]} is a blank for its reader to fill in"

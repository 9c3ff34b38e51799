"""Lines that an error names, as lines of the page: a reader looks there, not in `/work/main.py`."""

from __future__ import annotations

import re

from daytona_validate._core.languages.table import find_language
from daytona_validate._core.printable import one_line
from daytona_validate._models import CodeValidationResult

_COMPLETED = frozenset({"go", "java"})
"""Languages in which code is put around a block, so that not all lines need be its own."""
_FOLDER = r"(?<![\w./-])(?:(?:file://)?/work/|\./|psql:)?"
_LINE = r'(", line |:|\()([1-9]\d{0,8})(?!\d)'
_PATH_CHARACTERS = 300


def in_page_lines(result: CodeValidationResult, *, code: str, code_line: int | None) -> str | None:
    """Return a block's error with the page's path and lines in place of the program's own.

    It stays as it is where the lines are not the page's: of an included file, a program that the
    block was completed to, and of any other file.

    Args:
        result: The block's, with its location.
        code: The block's.
        code_line: 1-based line of the page at which it begins; None: no line of the file is its
            own. Lines of a cell are counted in it.
    """
    error, location, language = result.error, result.location, find_language(result.language)
    if error is None or location is None or language is None:
        return error
    is_completed = result.completed is not None and language.name in _COMPLETED
    first = 1 if location.cell is not None else code_line
    if first is None or is_completed or location.included is not None:
        return error
    last = code.removesuffix("\n").count("\n") + 1
    cell = "" if location.cell is None else f":cell[{location.cell}]"
    path = one_line(location.path, _PATH_CHARACTERS) + cell

    def placed(match: re.Match[str]) -> str:
        line = int(match[2])
        return f"{path}{match[1]}{first + line - 1}" if line <= last else match[0]

    return re.sub(rf"{_FOLDER}{re.escape(language.entry_file)}{_LINE}", placed, error)

"""Lines that an error names, as lines of the page: a reader looks there, not in `/work/main.py`.

A result keeps its error as it was written; only what is shown to people passes through here.
"""

from __future__ import annotations

import re

from daytona_validate._core.languages.table import find_language
from daytona_validate._core.printable import one_line
from daytona_validate._core.reported import Reported
from daytona_validate._reports.code_frame import code_lines

_OF_EARLIER_BLOCKS = "before it"
"""How `completed` ends if nothing was put around the code: its lines are its own."""
_FOLDER = r"(?<![\w./-])(?:(?:file://)?/work/|\./|psql:)?"
_LINE = r'(", line |:|\()([1-9]\d{0,8})(?!\d)'
_PATH_CHARACTERS = 300


def in_page_lines(reported: Reported, text: str) -> str:
    """Return an error with the page's path and lines in place of the program's own.

    It stays as it is where the lines are not the page's: of a record, an included file, a program
    that a fragment was completed to, and of any other file.
    """
    result = reported.result
    language, location, first = find_language(result.language), result.location, reported.code_line
    is_own = result.completed is None or result.completed.endswith(_OF_EARLIER_BLOCKS)
    if language is None or location is None or first is None or not is_own or location.included:
        return text
    last = len(code_lines(reported.code))
    entry = re.escape(language.entry_file)
    place = re.compile(rf"{_FOLDER}{entry}{_LINE}")
    path = one_line(location.path, _PATH_CHARACTERS)

    def placed(match: re.Match[str]) -> str:
        line = int(match[2])
        return f"{path}{match[1]}{first + line - 1}" if line <= last else match[0]

    return place.sub(placed, text)

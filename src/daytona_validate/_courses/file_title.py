"""The name of the file that a block is: by its title, or by a comment in its first line."""

from __future__ import annotations

import re

from daytona_validate._courses.mark_spellings import FILE_SUFFIXES

_LONGEST_CHARACTERS = 200
_PART = re.compile(r"[\w@+-][\w.@+-]*")
_FIRST_LINE = re.compile(
    r"(?:#|//|--|/\*\*?|<!--)\s*(?:(?:file|filename|path)\s*[:=]\s*)?[`'\"]?([^\s`'\"]+)[`'\"]?"
    r"\s*(?:\*/|-->)?\s*",
    re.IGNORECASE,
)


def file_title(title: str) -> str | None:
    """Return the relative path that a title is, with `/` between its parts; None: it is none.

    A path that leads out of its folder is none, nor is one with a hidden part.
    """
    if len(title) > _LONGEST_CHARACTERS:
        return None
    path = title.strip().replace("\\", "/").removeprefix("./").removeprefix("/")
    parts = path.split("/")
    _, dot, suffix = parts[-1].rpartition(".")
    is_file = bool(dot) and suffix.lower() in FILE_SUFFIXES
    return path if is_file and all(_PART.fullmatch(part) for part in parts) else None


def first_line_file(code: str) -> str | None:
    """Return the path that the first line of code names in a comment of nothing else; or None."""
    first = code.lstrip()[: 2 * _LONGEST_CHARACTERS].partition("\n")[0].rstrip()
    found = _FIRST_LINE.fullmatch(first)
    return None if found is None else file_title(found[1])

"""Reads a source file as one snippet."""

from __future__ import annotations

from pathlib import PurePath

from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._models import Location, Snippet


def source_language(name: str) -> str | None:
    """Return the language that a file name's suffix stands for, or None."""
    suffix = PurePath(name).suffix.lower()
    return next((each.name for each in LANGUAGES.values() if suffix in each.suffixes), None)


def source_suffixes() -> tuple[str, ...]:
    """Return every suffix of source files, with its dot."""
    return tuple(suffix for each in LANGUAGES.values() for suffix in each.suffixes)


def read_source(content: bytes, *, path: str, language: str) -> Snippet:
    """Return the snippet of a whole file; one that is not UTF-8 becomes an unreadable one."""
    location = Location(path, 1)
    try:
        code = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problem = f"the file is not UTF-8 at its byte {error.start + 1}"
        return Snippet(code="", language=language, location=location, unreadable=problem)
    return Snippet(code=code, language=language, location=location)

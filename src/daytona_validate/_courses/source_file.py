"""Reads a source file as one snippet."""

from __future__ import annotations

from pathlib import PurePath

from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._core.source_text import file_text
from daytona_validate._models import Location, Snippet


def source_language(name: str) -> str | None:
    """Return the language that a file name's suffix stands for, or None."""
    suffix = PurePath(name).suffix.lower()
    return next((each.name for each in LANGUAGES.values() if suffix in each.suffixes), None)


def source_suffixes() -> tuple[str, ...]:
    """Return every suffix of source files, with its dot."""
    return tuple(suffix for each in LANGUAGES.values() for suffix in each.suffixes)


def read_source(content: bytes, *, path: str, language: str) -> Snippet:
    """Return the snippet of a whole file, in the encoding in which its language reads it.

    Args:
        content: The file's bytes; what its language cannot decode is left for it to judge.
        path: What the location shall name.
        language: The language's name in the table.
    """
    code, source = file_text(content, LANGUAGES[language])
    return Snippet(code=code, source=source, language=language, location=Location(path, 1))

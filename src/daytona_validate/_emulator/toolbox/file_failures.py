"""What the toolbox says when a file cannot be read or written. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from daytona_validate._emulator.refusals import HttpRefusal


@dataclass(frozen=True, slots=True)
class _Row:
    error: type[OSError]
    status: int
    code: str
    text: str


_ROWS = (
    _Row(FileNotFoundError, 404, "FILE_NOT_FOUND", "file not found"),
    _Row(NotADirectoryError, 404, "FILE_NOT_FOUND", "file not found"),
    _Row(PermissionError, 403, "FILE_ACCESS_DENIED", "permission denied"),
    _Row(IsADirectoryError, 400, "INVALID_FILE_PATH", "path is a directory"),
    _Row(OSError, 400, "FILE_READ_FAILED", "file error"),
)
"""The first that fits counts."""


def file_refusal(error: OSError, path: str) -> HttpRefusal:
    """Return how a file's failure is answered."""
    row = next(each for each in _ROWS if isinstance(error, each.error))
    why = "" if row.error is not OSError else f": {error.strerror or error}"
    return HttpRefusal(row.status, f"{row.text}: {path}{why}", code=row.code)

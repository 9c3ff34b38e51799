"""Atomic file of a command: it appears under its name only once it is whole."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from daytona_validate._errors import ConfigurationError

_SAVED_AT_ONCE_CHARACTERS = 64 * 1024


class ReportFile:
    """Atomic file: written beside its path, and renamed to it by `commit`.

    What is there already and is no plain file (`/dev/stdout`, a named pipe) is written to
    directly: to replace it would destroy it.

    Args:
        path: Where.
        option: What names it on the command line.

    Raises:
        ConfigurationError: It cannot be written there; the caller's fault.
    """

    def __init__(self, path: Path, *, option: str = "--report") -> None:
        self._shown = path
        self._path = _resolved(path, option)
        self._unsaved: list[str] = []
        self._unsaved_characters = 0
        is_there = self._path.is_file()
        is_plain = is_there or not self._path.exists()
        name = f".{self._path.name}.{os.getpid()}.part"
        self._written = self._path.with_name(name) if is_plain else self._path
        try:
            if is_there:  # to replace it needs no right to the file itself
                self._path.open("r+b").close()
            self._file: TextIO = self._written.open("w", encoding="utf-8", errors="replace")
        except OSError as error:
            raise ConfigurationError(f"{option}: cannot write {path}: {error.strerror}") from error

    def write(self, text: str) -> None:
        """Buffer text in memory until `save`."""
        self._unsaved.append(text)
        self._unsaved_characters += len(text)

    @property
    def is_full(self) -> bool:
        """Whether the buffer has so much that it should be saved."""
        return self._unsaved_characters >= _SAVED_AT_ONCE_CHARACTERS

    def save(self) -> None:
        """Write the buffer to disk. It blocks, so not for the event loop's thread."""
        with self._named_in_errors():
            self._file.writelines(self._unsaved)
        self._unsaved.clear()
        self._unsaved_characters = 0

    def commit(self) -> None:
        """Save all, and let the file appear under its name."""
        self.save()
        with self._named_in_errors():
            self._file.close()
            if self._written != self._path:
                self._written.replace(self._path)

    def discard(self) -> None:
        """Remove the uncommitted file; does nothing after `commit`."""
        with suppress(OSError):  # what a full disk did not take is not wanted any more
            self._file.close()
        if self._written != self._path:
            with suppress(OSError):
                self._written.unlink()

    @contextmanager
    def _named_in_errors(self) -> Iterator[None]:
        """Give an OSError the report's path: it has none, or the temporary one."""
        try:
            yield
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(self._shown)) from error


def _resolved(path: Path, option: str) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError) as error:  # no working folder; links in a circle, until 3.13
        raise ConfigurationError(
            f"{option}: cannot write {path}: the path leads nowhere"
        ) from error

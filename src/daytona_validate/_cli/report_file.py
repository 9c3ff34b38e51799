"""Atomic file of a command: it appears under its name once it is committed.

Until then what is written stands beside it, in `NAME.part`. If the process is killed, that is what
is left: for a format that writes a line as each result comes, the whole lines of all results.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock

from daytona_validate._errors import ConfigurationError
from daytona_validate._systems import OPEN_FILES_ARE_FIXED, lock_file, open_flags

_NEW = os.O_WRONLY | os.O_CREAT | open_flags("O_NOFOLLOW")
_MODE = 0o666  # less what the user's umask takes away


class ReportFile:
    """Atomic file: written beside its path, and renamed to it by `commit`.

    What is there already and is no plain file (`/dev/stdout`, a named pipe) is written to
    directly: to replace it would destroy it.

    Args:
        path: Where.
        option: What names it on the command line.

    Raises:
        ConfigurationError: It cannot be written there, or another process writes it just now;
            the caller's fault.
    """

    def __init__(self, path: Path, *, option: str = "--report") -> None:
        self._shown = path
        self._path = _resolved(path, option)
        self._unsaved: list[str] = []
        self._saving = Lock()
        is_there = self._path.is_file()
        # Of a pipe behind /dev/stdout the system makes up a path that leads nowhere.
        is_plain = is_there or not (path.exists() or self._path.exists())
        self._written = self._path.with_name(f"{self._path.name}.part") if is_plain else path
        try:
            if is_there:  # to replace it needs no right to the file itself
                self._path.open("r+b").close()
            descriptor = (
                _taken(self._written) if is_plain else os.open(path, os.O_WRONLY | open_flags())
            )
        except BlockingIOError as error:
            problem = f"{option}: another process is writing {path}"
            raise ConfigurationError(problem) from error
        except OSError as error:
            raise ConfigurationError(f"{option}: cannot write {path}: {error.strerror}") from error
        self._is_plain = is_plain
        self._file = os.fdopen(descriptor, "w", encoding="utf-8", errors="replace")

    def write(self, text: str) -> None:
        """Buffer text in memory until `save`."""
        self._unsaved.append(text)

    @property
    def has_unsaved(self) -> bool:
        """Whether there is anything in the buffer."""
        return bool(self._unsaved)

    def save(self) -> None:
        """Hand the buffer to the system. It blocks, so not for the event loop's thread."""
        with self._saving, self._named_in_errors():
            texts, self._unsaved = self._unsaved, []
            self._file.writelines(texts)
            self._file.flush()

    def commit(self) -> None:
        """Save all, and let the file appear under its name."""
        self.save()
        with self._named_in_errors():
            if OPEN_FILES_ARE_FIXED:
                self._file.close()
            if self._is_plain:
                self._written.replace(self._path)
            self._file.close()

    def discard(self) -> None:
        """Remove the uncommitted file; does nothing after `commit`."""
        if self._file.closed:
            return
        undo = [self._written.unlink, self._file.close] if self._is_plain else [self._file.close]
        if OPEN_FILES_ARE_FIXED:
            undo.reverse()
        for step in undo:
            with suppress(OSError):  # what a full disk did not take is not wanted any more
                step()

    @contextmanager
    def _named_in_errors(self) -> Iterator[None]:
        """Give an OSError the report's path: it has none, or the temporary one."""
        try:
            yield
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(self._shown)) from error


def _resolved(path: Path, option: str) -> Path:
    cause: Exception | None = None
    try:
        resolved = path.resolve()
        if not resolved.is_symlink():  # as links in a circle come to, from Python 3.13 on
            return resolved
    except (OSError, RuntimeError) as error:  # no working folder; links in a circle, until 3.12
        cause = error
    raise ConfigurationError(f"{option}: cannot write {path}: the path leads nowhere") from cause


def _taken(path: Path) -> int:
    """Open an empty file that no other process has, also if one that was killed left it.

    Raises:
        BlockingIOError: Another process has it.
        OSError: It cannot be opened; a link is not followed.
    """
    while True:
        descriptor = os.open(path, _NEW, _MODE)
        try:
            lock_file(descriptor)
            # Its last owner may have renamed it before the lock was ours.
            if _is_same(descriptor, path):
                os.ftruncate(descriptor, 0)
                return descriptor
        except OSError:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _is_same(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except FileNotFoundError:
        return False

"""The file of kept results: SQLite, in a folder that only its user can enter.

It is a convenience, so nothing of it is ever an error of a run: what cannot be read is not known,
what cannot be written is not kept. A file that is damaged, or has tables of another version, is
made anew. Each row has a checksum over its key and its text: what a damaged file still gives out is
never taken for another answer.

Many processes share it, by SQLite's write-ahead log. A commit does not wait for the disk: after a
crash of the whole machine the file may be damaged, which costs one run without it.
"""

from __future__ import annotations

import hashlib
import logging
import os
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.cache_folder import private_folder
from daytona_validate._result_cache.answer_database import ENDINGS, check, connected, make

FOLDER = "results"
"""In the cache folder."""
NAME = "results.sqlite3"
MOST_BYTES = 256 * 1024 * 1024
"""Of all texts together; the file may be half as large again."""
MOST_ANSWERS = 200_000
BUSY_S = 1.0
"""A commit takes some 0.1 ms, so 1 s is only met where something is wrong."""
_TRIM = """
DELETE FROM answers WHERE rowid IN (
    SELECT rowid FROM (
        SELECT rowid, row_number() OVER latest_first AS number,
            sum(size_bytes) OVER latest_first AS total_bytes
        FROM answers WINDOW latest_first AS (ORDER BY last_use DESC, rowid DESC)
    ) WHERE number > ? OR total_bytes > ?
)
"""
_DAMAGED = frozenset(
    {
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_ERROR,  # our statements are right, so the tables are not ours
        sqlite3.SQLITE_MISMATCH,
        sqlite3.SQLITE_CONSTRAINT,
        sqlite3.SQLITE_FORMAT,
    }
)
_PASSING = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_logger = logging.getLogger("daytona_validate")
T = TypeVar("T")


class AnswerFile:
    """Persistent key-value store with a bound: what was used longest ago goes first.

    Its methods block, raise nothing for what is wrong with the file, and belong into one thread.

    Args:
        cache_dir: The cache folder; None: the user's own.
        most_bytes: Of all texts together.
        most_answers: Rows.
        busy_s: How long another process may hold the file; then nothing is known, or kept.
    """

    def __init__(
        self,
        cache_dir: Path | None = None,
        *,
        most_bytes: int = MOST_BYTES,
        most_answers: int = MOST_ANSWERS,
        busy_s: float = BUSY_S,
    ) -> None:
        self._cache_dir = cache_dir
        self._most_bytes = most_bytes
        self._most_answers = most_answers
        self._busy_s = busy_s
        self._connection: sqlite3.Connection | None = None
        self._now = 0
        """Number of this use; one more than that of any row."""
        self._read: set[bytes] = set()
        self._has_written = False
        self._is_given_up = False

    def exists(self) -> bool:
        """Return whether anything may be known; its folder is made to find out, and no file."""
        try:
            return os.path.lexists(self._path())
        except (OSError, SandboxUnavailable):
            return False

    def problem(self) -> str | None:
        """Return why nothing can be kept, in a few words; None: it can."""
        try:
            path = self._path()
            check(path)
        except (OSError, SandboxUnavailable) as error:
            return str(error)
        writable = path if os.path.lexists(path) else path.parent
        return None if os.access(writable, os.W_OK) else f"{writable} cannot be written"

    def read(self, key: bytes) -> bytes | None:
        """Return the text of a key; None if it is not known."""
        row = self._tried(lambda file: file.execute(_SELECT, (key,)).fetchone(), makes=False)
        if row is None:
            return None
        text, checksum = row
        if not isinstance(text, bytes) or checksum != _checksum(key, text):
            return None
        self._read.add(key)
        return text

    def write(self, key: bytes, text: bytes) -> None:
        """Keep a text, in place of what the key had."""
        values = (key, text, _checksum(key, text), len(text))
        self._has_written = True
        self._tried(lambda file: file.execute(_REPLACE, (*values, self._now)), makes=True)

    def close(self) -> None:
        """Note what was used, remove what is too much, and close; safe to call twice."""
        if self._read or self._has_written:
            self._tried(self._settle, makes=False)
        self._read.clear()
        self._has_written = False
        self._let_go()

    def _tried(self, work: Callable[[sqlite3.Connection], T], *, makes: bool) -> T | None:
        """Return what the work returns; after a repair it is tried once more."""
        for _ in range(2):
            if self._is_given_up:
                return None
            try:
                file = self._opened(makes=makes)
                return None if file is None else work(file)
            except sqlite3.Error as error:
                if not self._is_repaired(error):
                    return None
            except (OSError, SandboxUnavailable) as error:
                self._give_up(error)
        return None

    def _is_repaired(self, error: sqlite3.Error) -> bool:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code in _PASSING:
            return False
        if code == sqlite3.SQLITE_FULL and self._connection is not None:
            return self._has_room(self._connection)
        if code in _DAMAGED:
            self._remove()
            return True
        self._give_up(error)
        return False

    def _has_room(self, file: sqlite3.Connection) -> bool:
        """Make room in a full file; a full disk is left alone."""
        try:
            file.execute(_TRIM, (self._most_answers // 2, self._most_bytes // 2))
        except sqlite3.Error as error:
            self._give_up(error)
            return False
        return True

    def _give_up(self, error: Exception) -> None:
        if isinstance(error, PermissionError) and error.errno is None:  # ours, not the kernel's
            _logger.warning("The result cache is not used: %s", error)
        else:
            _logger.info("The result cache is not used: %s", error)
        self._is_given_up = True
        self._let_go()

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.close()

    def _remove(self) -> None:
        self._let_go()
        for ending in ENDINGS:
            with suppress(OSError):
                Path(f"{self._path()}{ending}").unlink()

    def _path(self) -> Path:
        return private_folder(FOLDER, self._cache_dir) / NAME

    def _opened(self, *, makes: bool) -> sqlite3.Connection | None:
        if self._connection is None:
            path = self._path()
            check(path)
            if not os.path.lexists(path):
                if not makes:
                    return None
                make(path, busy_s=self._busy_s)
            self._connection = connected(path, most_bytes=self._most_bytes, busy_s=self._busy_s)
            self._now = _next_use(self._connection)
        return self._connection

    def _settle(self, file: sqlite3.Connection) -> None:
        file.execute("BEGIN IMMEDIATE")
        try:
            file.executemany(_USE, [(self._now, key, self._now) for key in self._read])
            if self._has_written:
                file.execute(_TRIM, (self._most_answers, self._most_bytes))
            file.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                file.execute("ROLLBACK")
            raise


_SELECT = "SELECT text, checksum FROM answers WHERE key = ?"
_REPLACE = "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?)"
_USE = "UPDATE answers SET last_use = ? WHERE key = ? AND last_use < ?"


def _checksum(key: bytes, text: bytes) -> bytes:
    return hashlib.sha256(key + text).digest()


def _next_use(file: sqlite3.Connection) -> int:
    last = file.execute("SELECT max(last_use) FROM answers").fetchone()[0]
    return last + 1 if isinstance(last, int) else 1

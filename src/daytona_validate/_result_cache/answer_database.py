"""The database that results are kept in: its tables, and how it is made, checked and opened."""

from __future__ import annotations

import os
import secrets
import sqlite3
import stat
from contextlib import suppress
from pathlib import Path

from daytona_validate._systems import open_flags, user_id

SCHEMA_VERSION = 1
ENDINGS = ("", "-wal", "-shm")
"""Of the file, and of those that SQLite puts beside it."""
_LEAST_PAGES = 64
_TABLE = """
CREATE TABLE answers (
    key BLOB PRIMARY KEY, text BLOB NOT NULL, checksum BLOB NOT NULL,
    size_bytes INTEGER NOT NULL, last_use INTEGER NOT NULL
)
"""
_INDEX = "CREATE INDEX answers_by_use ON answers (last_use, size_bytes)"


def check(path: Path) -> None:
    """Refuse what others could have put there, and close to others what they could read.

    Raises:
        PermissionError: It is no plain file, or belongs to somebody else.
    """
    for each in (Path(f"{path}{ending}") for ending in ENDINGS):
        with suppress(FileNotFoundError):
            found = each.lstat()
            is_others = user_id() not in (None, found.st_uid)
            if not stat.S_ISREG(found.st_mode) or is_others:
                raise PermissionError(f"{each} is a link, or not ours")
            if found.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                each.chmod(0o600)


def make(path: Path, *, busy_s: float) -> None:
    """Make a file with our tables, unless another process was faster.

    It is made whole under another name: of two that turn one file to a write-ahead log at the same
    time, SQLite refuses one. Only a new one is opened as a file, as closing any descriptor lets go
    of all locks that this process has on it. What SQLite puts beside it gets its mode.
    """
    aside = path.with_name(f".{secrets.token_hex(8)}")
    os.close(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | open_flags(), 0o600))
    try:
        connected(aside, most_bytes=0, busy_s=busy_s).close()
        with suppress(FileExistsError):
            path.hardlink_to(aside)
    finally:
        aside.unlink()


def connected(path: Path, *, most_bytes: int, busy_s: float) -> sqlite3.Connection:
    """Return a connection to a file that has our tables, whatever it had before."""
    file = sqlite3.connect(
        path, timeout=busy_s, isolation_level=None, check_same_thread=False, cached_statements=16
    )
    try:
        file.execute("PRAGMA journal_mode = WAL")
        file.execute("PRAGMA synchronous = OFF")
        file.execute("PRAGMA trusted_schema = OFF")
        page_bytes = file.execute("PRAGMA page_size").fetchone()[0]
        most_pages = max(most_bytes * 3 // 2 // page_bytes, _LEAST_PAGES)
        file.execute(f"PRAGMA max_page_count = {most_pages}")
        if not _has_tables(file):
            file.execute("BEGIN IMMEDIATE")
            if not _has_tables(file):  # nobody else has made them meanwhile
                file.execute("DROP TABLE IF EXISTS answers")
                file.execute(_TABLE)
                file.execute(_INDEX)
                file.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            file.execute("COMMIT")
    except BaseException:
        file.close()
        raise
    return file


def _has_tables(file: sqlite3.Connection) -> bool:
    return bool(file.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION)

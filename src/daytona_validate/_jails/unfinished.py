"""Folders of the cache that are being filled: how they are called, and when they are removed.

Each is filled beside its place, under the lock of a file beside it. The kernel lets go of that
lock when its holder dies, in whatever container, which a process id would not tell from outside:
what is unfinished and not locked was left by a process that was killed.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from daytona_validate._runtime.folder_lock import exclusive_if_free

COPIES = "owned-copies"
"""In a folder of the cache: where copies of parts of it are made later, for other ids."""
_PARTIAL, _LOCK = ".partial", ".lock"


def partial_of(folder: Path) -> Path:
    """Return where a folder is filled before it takes its place."""
    return folder.with_name(f".{folder.name}{_PARTIAL}")


def lock_of(folder: Path) -> Path:
    """Return the file whose lock is held while a folder is filled."""
    return folder.with_name(f".{folder.name}{_LOCK}")


def sweep_unfinished(cache: Path) -> None:
    """Remove what killed processes left in the cache, in its folders and in their copies.

    Raises:
        OSError: The cache cannot be read or written.
    """
    for folder in _unfinished(cache):
        with exclusive_if_free(lock_of(folder)) as is_left_over:
            if is_left_over:
                shutil.rmtree(partial_of(folder), ignore_errors=True)


def _unfinished(cache: Path) -> Iterator[Path]:
    """Yield the place of each folder that has a lock or a partial copy, perhaps twice."""
    for pattern in (".*", "*/.*", f"*/{COPIES}/.*"):
        for each in list(cache.glob(pattern)):
            if each.suffix in (_PARTIAL, _LOCK):
                yield each.with_name(each.stem.removeprefix("."))

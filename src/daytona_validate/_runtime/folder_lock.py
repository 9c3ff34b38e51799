"""Hold a file lock between processes without blocking the event loop.

The lock file is removed by whoever holds it, so that none stays behind; whoever gets a lock
therefore looks whether it is still the one that others will find under its name.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from daytona_validate._runtime.kept_lock import KeptLock, polled


@asynccontextmanager
async def exclusive(lock_file: Path) -> AsyncIterator[None]:
    """Hold the lock of a file that exists as long as it is held.

    Two tasks of one process exclude each other as two processes do. A process that dies lets go.
    """
    lock = await polled(lambda: _taken(lock_file))
    try:
        yield
    finally:
        _let_go(lock)


@contextmanager
def exclusive_if_free(lock_file: Path) -> Iterator[bool]:
    """Hold the lock if nobody does; what is yielded says so."""
    lock = _taken(lock_file)
    try:
        yield lock is not None
    finally:
        if lock is not None:
            _let_go(lock)


def _taken(lock_file: Path) -> KeptLock | None:
    lock = KeptLock(lock_file)
    if lock.take() and lock.is_found():
        return lock
    lock.close()
    return None


def _let_go(lock: KeptLock) -> None:
    lock.path.unlink(missing_ok=True)
    lock.close()

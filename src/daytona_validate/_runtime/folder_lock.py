"""Hold a file lock between processes without blocking the event loop.

The lock file is removed by whoever holds it, so that none stays behind; whoever gets a lock
therefore looks whether it is still the one that others will find under its name.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

POLL_S = 0.05
"""A blocking flock would hold a thread that nothing can cancel; what it waits for takes seconds."""


@asynccontextmanager
async def exclusive(lock_file: Path) -> AsyncIterator[None]:
    """Hold the lock of a file that exists as long as it is held.

    Two tasks of one process exclude each other as two processes do. A process that dies lets go.
    """
    while (descriptor := _taken(lock_file)) is None:  # noqa: ASYNC110 - another process sets no event
        await asyncio.sleep(POLL_S)
    try:
        yield
    finally:
        _let_go(lock_file, descriptor)


@contextmanager
def exclusive_if_free(lock_file: Path) -> Iterator[bool]:
    """Hold the lock if nobody does; what is yielded says so."""
    descriptor = _taken(lock_file)
    try:
        yield descriptor is not None
    finally:
        if descriptor is not None:
            _let_go(lock_file, descriptor)


def is_locked_now(descriptor: int) -> bool:
    """Lock an open file or folder, and return whether that went; closing it lets go."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_found_at(path: Path, descriptor: int) -> bool:
    """Return whether a path still leads to an open file or folder."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return False
    return os.path.samestat(found, os.fstat(descriptor))


def _taken(lock_file: Path) -> int | None:
    """Return a descriptor that holds the lock of the file at this path now, or None."""
    descriptor = os.open(lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    if is_locked_now(descriptor) and is_found_at(lock_file, descriptor):
        return descriptor
    os.close(descriptor)
    return None


def _let_go(lock_file: Path, descriptor: int) -> None:
    with suppress(FileNotFoundError):
        lock_file.unlink()
    os.close(descriptor)

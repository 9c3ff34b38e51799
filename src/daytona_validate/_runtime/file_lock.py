"""File locks between processes: taken at once or not at all, and let go by the kernel.

The kernel lets go of a lock when the last descriptor of its opening is closed, also by
`kill -9`. A forked child has such a descriptor too, and would hold on when its parent is gone;
so it closes what it got. What is executed inherits none.

Who waits for a lock asks again and again: to wait in the kernel would take a thread that nothing
can call off, and another process sets no event.
"""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar
from weakref import WeakSet

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._reason import Reason
from daytona_validate._systems import in_forked_child, lock_file, open_flags, unlock_file

Taken = TypeVar("Taken")

POLL_S = 0.01
_OPEN = os.O_RDWR | os.O_CREAT | open_flags()
_PASSING = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM})


class FileLock:
    """File lock between processes (flock); the file is created if missing. Raises OSError.

    Args:
        path: Of the file.
        is_folder: It is a folder, which must be there. Not on Windows.
    """

    def __init__(self, path: Path, *, is_folder: bool = False) -> None:
        self.path = path
        flags = open_flags("O_DIRECTORY") if is_folder else _OPEN
        self._descriptor: int | None = os.open(path, flags, 0o600)
        self._is_taken = False
        _open.add(self)

    def __enter__(self) -> Self:
        """Keep it open."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Let go and close."""
        self.close()

    def take(self, *, is_shared: bool = False) -> bool:
        """Take the lock if nobody is in the way, and return whether that went.

        Args:
            is_shared: Be in the way only of those who want it for themselves.

        Raises:
            OSError: The file system has no locks to give; the file is closed then.
        """
        assert self._descriptor is not None  # noqa: S101 - open, for the type checker
        try:
            lock_file(self._descriptor, is_shared=is_shared)
        except BlockingIOError:
            return False
        except OSError:
            self.leave_behind()
            raise
        self._is_taken = True
        return True

    def is_found(self) -> bool:
        """Return whether others still find this very file at its path."""
        assert self._descriptor is not None  # noqa: S101 - as above
        try:
            return os.path.samestat(self.path.stat(), os.fstat(self._descriptor))
        except FileNotFoundError:
            return False

    def close(self) -> None:
        """Let go, whoever else has a copy of the descriptor; safe to call twice."""
        if self._descriptor is not None and self._is_taken:  # Windows unlocks nothing else
            self._is_taken = False
            unlock_file(self._descriptor)
        self.leave_behind()

    def leave_behind(self) -> None:
        """Close our descriptor only: in a forked child, the lock is the parent's."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


def first_free(paths: Iterable[Path]) -> FileLock | None:
    """Take the lock of the first file that nobody holds, if there is one."""
    for path in paths:
        lock = FileLock(path)
        if lock.take():
            return lock
        lock.close()
    return None


async def polled(take: Callable[[], Taken | None]) -> Taken:
    """Poll until something can be taken, and return it."""
    while (taken := take()) is None:  # noqa: ASYNC110 - another process sets no event
        await asyncio.sleep(POLL_S)
    return taken


@contextmanager
def refusals_told(what: str) -> Iterator[None]:
    """Translate an `OSError` of locking into a failure of the host.

    Raises:
        SandboxUnavailable: In place of an `OSError`. The host's fault.
    """
    try:
        yield
    except OSError as error:
        raise SandboxUnavailable(
            f"No {what} could be locked: {error}.",
            reason=Reason.HOST_FAILED,
            retryable=error.errno in _PASSING,
        ) from error


@asynccontextmanager
async def exclusive(lock_file: Path) -> AsyncIterator[None]:
    """Hold the lock of a file that exists as long as it is held.

    The holder removes the file, so that none stays behind; whoever gets a lock therefore looks
    whether it is still of the file that others find under its name.

    Two tasks of one process exclude each other as two processes do. A process that dies lets go.
    """
    lock = await polled(lambda: _taken(lock_file))
    try:
        yield
    finally:
        _let_go(lock)


@contextmanager
def exclusive_if_free(lock_file: Path) -> Iterator[bool]:
    """Hold the lock if no process does; the value says whether it is held."""
    lock = _taken(lock_file)
    try:
        yield lock is not None
    finally:
        if lock is not None:
            _let_go(lock)


def _taken(lock_file: Path) -> FileLock | None:
    lock = FileLock(lock_file)
    if lock.take() and lock.is_found():
        return lock
    lock.close()
    return None


def _let_go(lock: FileLock) -> None:
    lock.path.unlink(missing_ok=True)
    lock.close()


_open: WeakSet[FileLock] = WeakSet()


def _after_fork() -> None:
    for lock in tuple(_open):
        lock.leave_behind()


in_forked_child(_after_fork)

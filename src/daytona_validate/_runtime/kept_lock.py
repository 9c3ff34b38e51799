"""Locks of files that stay: taken at once or not at all, and never for longer than they are held.

The kernel lets go of a lock when the last descriptor of its opening is closed, also by
`kill -9`. A forked child has such a descriptor too, and would hold on when its parent is gone;
so it closes what it got. What is executed inherits none.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self
from weakref import WeakSet


class KeptLock:
    """The lock of one file, which is made if it is not there, and stays. Raises OSError."""

    def __init__(self, path: Path) -> None:
        self._descriptor: int | None = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
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
        """
        assert self._descriptor is not None  # noqa: S101 - open, for the type checker
        kind = fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX
        try:
            fcntl.flock(self._descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        """Let go, whoever else has a copy of the descriptor; safe to call twice."""
        if self._descriptor is not None:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)
        self.leave_behind()

    def leave_behind(self) -> None:
        """Close our descriptor only: in a forked child, the lock is the parent's."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


_open: WeakSet[KeptLock] = WeakSet()


def _after_fork() -> None:
    for lock in tuple(_open):
        lock.leave_behind()


os.register_at_fork(after_in_child=_after_fork)

"""What operating systems differ in, outside the sandboxes of this machine, which are Linux's.

The library, and the command line over Daytona, run on Linux, macOS and Windows. Each function
here does what a system can, and its docstring says what is then not promised.
"""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import FileDescriptorLike

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_FAR_BYTES = 1 << 30
"""Where Windows locks a byte: there is no content, so that readers are not kept from any."""

OPEN_FILES_ARE_FIXED = sys.platform == "win32"
"""Whether a file that is open can be neither renamed nor removed."""


def processors() -> int:
    """Return how many processors this process may use; where none can say: how many there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def user_id() -> int | None:
    """Return the id of the user that this process acts as; None where users have no numbers."""
    return os.geteuid() if hasattr(os, "geteuid") else None


def open_flags(*names: str) -> int:
    """Return flags for `os.open` by their names, those that the system has, and binary content.

    Without `O_NOFOLLOW`, as on Windows, a link is followed: see `OpenFolder`.
    """
    return sum(getattr(os, each, 0) for each in {*names, "O_CLOEXEC", "O_BINARY"})


def in_forked_child(call: Callable[[], object]) -> None:
    """Have a function called in each child that this process forks; Windows has none."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=call)


def readiness(source: FileDescriptorLike) -> Callable[[], bool]:
    """Return a function that says, without waiting, whether a socket has something to read."""
    if not hasattr(select, "poll"):
        return lambda: bool(select.select([source], [], [], 0)[0])
    poller = select.poll()
    poller.register(source, select.POLLIN)
    return lambda: bool(poller.poll(0))


def lock_file(descriptor: int, *, is_shared: bool = False) -> None:
    """Lock an open file for this process, at once; the system lets go when it is closed.

    Args:
        descriptor: Of the file.
        is_shared: Be in the way only of those who want it for themselves; Windows has no such
            lock, and gives an exclusive one.

    Raises:
        BlockingIOError: Another has it.
        OSError: The file system has no locks to give.
    """
    if sys.platform == "win32":
        os.lseek(descriptor, _FAR_BYTES, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except PermissionError as error:
            raise BlockingIOError(error.errno, error.strerror) from error
        finally:
            os.lseek(descriptor, 0, os.SEEK_SET)
    else:
        kind = fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)


def unlock_file(descriptor: int) -> None:
    """Let go of the lock of an open file, whoever else has a copy of the descriptor."""
    if sys.platform == "win32":
        os.lseek(descriptor, _FAR_BYTES, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)
    else:
        fcntl.flock(descriptor, fcntl.LOCK_UN)

"""Which folders of the cache are in use, by any process, and when each was used last.

Beside each stands a file on which its users hold a shared lock, and whose time stamp is that of the
last who began to use it. Who removes a folder needs that lock alone, and the one under which the
folder is made: so nothing goes away under a running program, and nothing is made where it goes.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from daytona_validate._jails.cache_folder import lock_of, partial_of
from daytona_validate._runtime.file_lock import FileLock, exclusive_if_free

Found = TypeVar("Found")


class FoldersInUse:
    """Shared locks on folders, held until they are closed; safe to use from several threads."""

    def __init__(self) -> None:
        self._locks: dict[Path, FileLock] = {}
        self._mutex = threading.Lock()

    def hold(self, folder: Path) -> bool:
        """Use a folder from now on; False: it is not there, or is just being removed.

        Where no file can be locked, nobody can remove the folder either: then that is all right.
        """
        return self.hold_if(folder, lambda: True) is not None

    def hold_if(self, folder: Path, look: Callable[[], Found | None]) -> Found | None:
        """Use a folder from now on if a look into it, while it is held, finds something.

        Returns:
            What was found; None also where `hold` would say False.
        """
        with self._mutex:
            if not folder.is_dir():
                return None
            is_new = folder not in self._locks
            try:
                if is_new and not self._take(folder):
                    return None
            except OSError:
                return look()
            found = look()
            if is_new and found is None:
                self._locks.pop(folder).close()
            return found

    def close(self) -> None:
        """Use them no longer; safe to call twice."""
        with self._mutex:
            while self._locks:
                self._locks.popitem()[1].close()

    def _take(self, folder: Path) -> bool:
        lock = FileLock(use_file(folder))
        if lock.take(is_shared=True) and lock.is_found() and folder.is_dir():
            os.utime(lock.path)
            self._locks[folder] = lock
            return True
        lock.close()
        return False


def use_file(folder: Path) -> Path:
    """Return the file that the users of a folder hold."""
    return folder.with_name(f".{folder.name}.used")


def last_used_s(folder: Path) -> float:
    """Return when somebody last began to use a folder, or when it was made, as a Unix time."""
    file = use_file(folder)
    return (file if file.exists() else folder).stat().st_mtime


def is_in_use(folder: Path) -> bool:
    """Return whether somebody uses a folder just now, or makes it anew.

    Like all who take the lock of its users alone, this holds the one under which it is made: who
    could not hold it meanwhile asks again under that, and does not take it for gone.
    """
    file = use_file(folder)
    if not file.exists():
        return False
    with exclusive_if_free(lock_of(folder)) as is_ours:
        if not is_ours:
            return True
        if not file.exists():  # somebody has removed it meanwhile
            return False
        with FileLock(file) as lock:
            return not lock.take()


def clear(folder: Path) -> bool:
    """Remove a folder that its caller makes anew, unless somebody uses it; whether it is gone.

    The caller holds the lock under which it is made.

    Raises:
        OSError: It could not be removed.
    """
    if not folder.exists():
        return True
    with FileLock(use_file(folder)) as lock:
        if not lock.take():
            return False
        shutil.rmtree(folder)
        return True


def remove_unused(folder: Path) -> bool:
    """Remove a folder, unless somebody uses it or makes it anew; return whether it is gone.

    Raises:
        OSError: It could not be removed.
    """
    with exclusive_if_free(lock_of(folder)) as is_ours, FileLock(use_file(folder)) as lock:
        if not (is_ours and lock.take()):
            return False
        if folder.exists():  # another may have removed it
            # Under a name that nobody trusts, so that who is killed here leaves no half of it.
            folder.rename(partial_of(folder))
            shutil.rmtree(partial_of(folder))
        use_file(folder).unlink(missing_ok=True)
        return True

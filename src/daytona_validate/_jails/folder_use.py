"""Which folders of the cache are in use, by any process, and when each was used last.

Beside each stands a file on which its users hold a shared lock, and whose time stamp is that of the
last who began to use it. Who removes a folder needs that lock alone, and the one under which the
folder is made: so nothing goes away under a running program, and nothing is made where it goes.
"""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path

from daytona_validate._jails.cache_folder import lock_of, partial_of
from daytona_validate._runtime.file_lock import FileLock, exclusive_if_free


class FoldersInUse:
    """Shared locks on folders, held until they are closed; safe to use from several threads."""

    def __init__(self) -> None:
        self._locks: dict[Path, FileLock] = {}
        self._mutex = threading.Lock()

    def hold(self, folder: Path) -> bool:
        """Use a folder from now on; False: it is not there, or is just being removed.

        Where no file can be locked, nobody can remove the folder either: then that is all right.
        """
        with self._mutex:
            if not folder.is_dir():
                return False
            try:
                return folder in self._locks or self._take(folder)
            except OSError:
                return True

    def close(self) -> None:
        """Use them no longer; safe to call twice."""
        with self._mutex:
            while self._locks:
                self._locks.popitem()[1].close()

    def _take(self, folder: Path) -> bool:
        lock = FileLock(use_file(folder))
        if lock.take(is_shared=True) and lock.is_found():
            os.utime(lock.path)
            self._locks[folder] = lock
            return folder.is_dir()
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
    """Return whether somebody uses a folder just now."""
    file = use_file(folder)
    if not file.exists():
        return False
    with FileLock(file) as lock:
        return not lock.take()


def remove_unused(folder: Path) -> bool:
    """Remove a folder, unless somebody uses it or makes it anew; return whether it is gone.

    Raises:
        OSError: It could not be removed.
    """
    with exclusive_if_free(lock_of(folder)) as is_ours, FileLock(use_file(folder)) as lock:
        if not (is_ours and lock.take()):
            return False
        # Under a name that nobody trusts, so that who is killed here leaves no half of it.
        folder.rename(partial_of(folder))
        shutil.rmtree(partial_of(folder))
        use_file(folder).unlink(missing_ok=True)
        return True

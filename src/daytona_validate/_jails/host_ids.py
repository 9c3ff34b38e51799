"""The ids of this machine under which root's jails run: one for each while it runs.

What the kernel counts for each user would else cross from jail to jail: inotify instances,
descriptors in flight, pages of pipes. An id is a locked file, so that all processes of root's share
them, whatever their cache folders, and the kernel frees those of a process that dies.
"""

from __future__ import annotations

import errno
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from daytona_validate._jails.privileges import only_root_writes
from daytona_validate._runtime.clocks import off_the_clocks
from daytona_validate._runtime.file_lock import FileLock, first_free, polled, refusals_told

PLACE = Path("/run/daytona-validate/ids")
"""Where nobody but root can make a folder."""


def ids_folder(cache: Path, *, place: Path = PLACE) -> Path:
    """Return the folder of the locks, made if it is not there.

    Args:
        cache: The cache folder, for where /run cannot be written; ids are then shared by those
            only who have the same one.
        place: Where it is to be.

    Raises:
        OSError: Neither can be written.
    """
    for folder in (place, cache / "ids"):
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            FileLock(folder / "0").close()
        except OSError:
            continue
        if all(only_root_writes(each.stat()) for each in (folder, folder.parent)):
            return folder
    raise PermissionError(errno.EACCES, "nobody else may write where ids are locked", str(cache))


class HostIds:
    """Ids of which each is lent to one jail at a time.

    Args:
        numbers: The ids, at least one.
        folder: Of the locks.
    """

    def __init__(self, numbers: Sequence[int], folder: Path) -> None:
        self._files = tuple(folder / str(number) for number in numbers)

    @asynccontextmanager
    async def one(self) -> AsyncIterator[int]:
        """Lend an id; if all are lent, waiting for one is off all clocks.

        Raises:
            SandboxUnavailable: It could not be locked. The machine's fault.
        """
        with refusals_told("id for a sandbox"), off_the_clocks():
            lock = await polled(lambda: first_free(self._files))
        with lock:
            yield int(lock.path.name)

"""User ids of jails on the host, and the files that belong to these: one id for each of root's.

What the kernel counts for each user would else cross from jail to jail: inotify instances,
descriptors in flight, pages of pipes. An id is a locked file, so that all processes of root's share
them, whatever their cache folders, and the kernel frees those of a process that dies.

A jail cannot write over a file of a user id that it does not know, not even in an overlay. So each
id has its own copy of a folder that a jail may change as it sees it, made when it is first needed.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.bubblewrap import Bubblewrap
from daytona_validate._jails.cache_folder import published
from daytona_validate._jails.jail import Jail, Overlay
from daytona_validate._jails.privileges import only_root_writes
from daytona_validate._reason import Reason
from daytona_validate._runtime.clocks import off_the_clocks
from daytona_validate._runtime.file_lock import FileLock, first_free, polled, refusals_told
from daytona_validate._runtime.worker_thread import StopSign, in_thread

PLACE = Path("/run/daytona-validate/ids")
"""Where nobody but root can make a folder."""
_TREE = "tree"
"""In a folder that is whole or not there; the copy itself keeps the modes that it needs."""


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
    """Pool of user ids, shared by processes: each is lent to one jail at a time.

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
            SandboxUnavailable: It could not be locked. The host's fault.
        """
        with refusals_told("id for a sandbox"), off_the_clocks():
            lock = await polled(lambda: first_free(self._files))
        with lock:
            yield int(lock.path.name)


class JailOwners:
    """User ids of jails: each of root's runs under an id that no other jail has meanwhile.

    Jails with lasting folders are all the one who owns these; a plain user's are himself.

    Args:
        bubblewrap: As whom it runs jails.
        folder: Of the locks, from `ids_folder`; None: this process is not root's.
    """

    def __init__(self, bubblewrap: Bubblewrap, folder: Path | None) -> None:
        self._shared = bubblewrap
        numbers = bubblewrap.other_ids or (bubblewrap.run_as or 0,)
        self._ids = None if folder is None else HostIds(numbers, folder)

    @asynccontextmanager
    async def owned(self, jail: Jail) -> AsyncIterator[tuple[Bubblewrap, Jail]]:
        """Hold an id for a jail; waiting for one is off all clocks.

        Raises:
            SandboxUnavailable: None could be had, or what it may change could not be copied.
        """
        if self._ids is None or jail.lasting:
            yield self._shared, jail
            return
        async with self._ids.one() as number:
            yield self._shared.under(number), await _with_own_overlays(jail, number)


async def _with_own_overlays(jail: Jail, number: int) -> Jail:
    if not jail.overlays:
        return jail
    try:
        overlays = await in_thread(lambda sign: owned_by(jail.overlays, number, sign))
    except OSError as error:
        raise SandboxUnavailable(
            f"A folder that a sandbox may change could not be copied: {error}.",
            reason=Reason.HOST_FAILED,
        ) from error
    return replace(jail, overlays=overlays)


def owned_by(overlays: tuple[Overlay, ...], number: int, sign: StopSign) -> tuple[Overlay, ...]:
    """Return overlays whose files belong to an id; call it in a thread.

    Raises:
        OSError: A copy could not be made.
    """
    return tuple(replace(each, source=_owned(each, number, sign)) for each in overlays)


def _owned(overlay: Overlay, number: int, sign: StopSign) -> str:
    if overlay.copies is None or Path(overlay.source).stat().st_uid == number:
        return overlay.source
    name = f"{number}{overlay.target.replace('/', '-')}"

    def heeding(_: str, __: list[str]) -> tuple[()]:
        sign.heed()
        return ()

    def build(aside: Path) -> None:
        shutil.copytree(overlay.source, aside / _TREE, symlinks=True, ignore=heeding)
        for parent, _, names in os.walk(aside / _TREE):
            for path in (parent, *(f"{parent}/{name}" for name in names)):
                os.chown(path, number, number, follow_symlinks=False)

    return str(published(Path(overlay.copies, name), build) / _TREE)

"""The folders of this process's emulated machines, in the cache, and gone with the process.

Each process has a folder of its own there, under a lock that the kernel lets go of when the
process dies; what is not locked was left behind, and the next that starts removes it.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import secrets
import shutil
from collections.abc import Awaitable, Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from daytona_validate._emulator.machines.hostile_tree import remove_tree
from daytona_validate._jails.cache_folder import lock_of
from daytona_validate._jails.jail import Bind
from daytona_validate._runtime.file_lock import exclusive, exclusive_if_free
from daytona_validate._runtime.worker_thread import in_thread

LASTING = {"/work": ("work", 0o755), "/tmp": ("tmp", 0o1777), "/home/daytona": ("home", 0o755)}  # noqa: S108 - of the machine
"""Path in the machine to the folder's name here and its mode."""
ABOUT = "/opt/daytona-validate"
"""Where an emulated machine has files about itself."""
UNREMOVED = "The folder of an emulated machine could not be removed."

_PLACE = "machines"
_COPIES = ".copies"  # no machine has a name with a dot before it
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
_logger = logging.getLogger("daytona_validate")


@dataclass(frozen=True, slots=True)
class MachineFolder:
    """The folders of one emulated machine."""

    path: Path

    @property
    def lasting(self) -> tuple[Bind, ...]:
        """The folders that its programs may change."""
        return tuple(Bind(str(self.path / name), path) for path, (name, _) in LASTING.items())

    @property
    def door(self) -> Path:
        """The folder of the socket by which its keeper reaches us."""
        return self.path / "door"

    @property
    def about(self) -> Bind:
        """The folder that tells about it."""
        return Bind(str(self.path / "about"), ABOUT)


class MachineFolders:
    """Locked directory: the folder of this process, and in it those of its emulated machines.

    Its methods read and write files: from a coroutine, call them in a thread.
    """

    def __init__(self, cache: Path) -> None:
        self._place = cache / _PLACE / secrets.token_hex(8)
        self._lock = ExitStack()
        self.copies = self._place / _COPIES
        """What programs may change, and belongs to them."""

    def open(self) -> None:
        """Make the folder of this process.

        Raises:
            OSError: The folder could not be made; `close()` is due then, too.
        """
        _make(self._place.parent, 0o755)
        if not self._lock.enter_context(exclusive_if_free(lock_of(self._place))):
            raise FileExistsError(self._place)
        _make(self._place, 0o755)

    async def sweep(self, remove: Callable[[Path], Awaitable[None]]) -> None:
        """Remove what killed processes have left; what cannot be is logged."""
        for each in await in_thread(lambda _: list(self._place.parent.iterdir())):
            if not each.name.startswith("."):  # as locks do
                with exclusive_if_free(lock_of(each)) as is_left_over:
                    if is_left_over:
                        await _removed(each, remove)

    def add(self, machine_id: str, *, owner: int, about: Mapping[str, bytes]) -> MachineFolder:
        """Make the folders of a machine; nobody but the owner of its programs may enter them.

        Args:
            machine_id: Letters, digits, dots and dashes.
            owner: User, on the host, as whom its programs run.
            about: Name to content of the files with which it tells about itself; the owner's, as
                they are root's where he is root.

        Raises:
            ValueError: The id is no name for a folder. The caller's fault.
            OSError: The folders could not be made; FileExistsError: the id is taken.
        """
        if not _NAME.fullmatch(machine_id):
            raise ValueError(f"{machine_id!r} is no id for an emulated machine.")
        folder = MachineFolder(self._place / machine_id)
        folder.path.mkdir(mode=0o700)  # without exist_ok: two machines never share one
        _write_all(Path(folder.about.source), about, owner)
        _make(folder.door, 0o755)
        for name, mode in LASTING.values():
            path = folder.path / name
            _make(path, mode)
            _give(path, owner)
        _give(folder.path, owner)
        return folder

    async def copied(self, source: str, give: Callable[[Path], Awaitable[None]]) -> str:
        """Return a copy of a folder that belongs to somebody else; it is made once.

        Args:
            source: The folder.
            give: Gives him the copy.

        Raises:
            OSError: The copy could not be made.
        """
        target = self.copies / hashlib.sha256(source.encode()).hexdigest()
        await in_thread(lambda _: _make(self.copies, 0o755))
        async with exclusive(lock_of(target)):
            if not await in_thread(lambda _: target.exists()):
                half = target.with_suffix(f".{secrets.token_hex(4)}")  # one that failed stays
                await in_thread(lambda _: shutil.copytree(source, half, symlinks=True))
                await give(half)
                await in_thread(lambda _: half.rename(target))
        return str(target)

    def close(self) -> None:
        """Remove all that is left, and let go of the lock; safe to call twice."""
        _remove(self._place)
        self._lock.close()


def _make(folder: Path, mode: int) -> None:
    folder.mkdir(exist_ok=True)
    folder.chmod(mode)  # whatever the umask


def _write_all(folder: Path, contents: Mapping[str, bytes], owner: int) -> None:
    _make(folder, 0o755)
    _give(folder, owner)
    for name, content in contents.items():
        (folder / name).write_bytes(content)
        (folder / name).chmod(0o644)
        _give(folder / name, owner)


def _give(folder: Path, owner: int) -> None:
    if os.geteuid() == 0:
        os.chown(folder, owner, owner)


async def _removed(folder: Path, remove: Callable[[Path], Awaitable[None]]) -> None:
    try:
        await remove(folder)
    except OSError:
        _logger.exception(UNREMOVED)


def _remove(folder: Path) -> None:
    try:
        remove_tree(folder)
    except OSError:
        _logger.exception(UNREMOVED)

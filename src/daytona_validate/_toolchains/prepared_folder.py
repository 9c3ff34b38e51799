"""Folders that are prepared once per host: whole under their name, or not there at all.

A folder is filled beside its place, under a name that nothing trusts, and renamed when it is
proven. One lock per folder lets a single process do that; whatever an interrupted one left is
removed by the next that starts (`_jails/cache_folder.py`).
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.cache_folder import COPIES, lock_of, partial_of
from daytona_validate._jails.folder_use import FoldersInUse, clear
from daytona_validate._jails.jail import Bind, Overlay
from daytona_validate._reason import Reason
from daytona_validate._runtime.cleanup import finish
from daytona_validate._runtime.file_lock import exclusive
from daytona_validate._runtime.worker_thread import StopSign, in_thread
from daytona_validate._toolchains import manifest as manifests
from daytona_validate._toolchains.manifest import Manifest

ROOT = "root"
"""Folder of the copy; what stands in it at /a/b is bound at /a/b."""
REMOVAL_S = 30.0


@dataclass(frozen=True, slots=True)
class Prepared:
    """Cache entry: a prepared folder and its manifest."""

    folder: Path
    manifest: Manifest

    @property
    def overlays(self) -> tuple[Overlay, ...]:
        """What a jail sees writable from it, each at its own path."""
        return overlays_of(self.folder, self.manifest.overlays)

    @property
    def binds(self) -> tuple[Bind, ...]:
        """What a jail binds from it, each at its own path."""
        return binds_of(self.folder, self.manifest.binds)


def binds_of(folder: Path, targets: tuple[str, ...]) -> tuple[Bind, ...]:
    """Return the binds of paths in the jail to their copies in a prepared folder."""
    return tuple(Bind(str(mirrored(folder, target)), target) for target in targets)


def overlays_of(folder: Path, targets: tuple[str, ...]) -> tuple[Overlay, ...]:
    """Return the overlays of paths in the jail over their copies in a prepared folder."""
    copies = str(folder / COPIES)  # not below the root, whose size tells whether it is whole
    return tuple(Overlay(str(mirrored(folder, each)), each, copies=copies) for each in targets)


def mirrored(folder: Path, target: str) -> Path:
    """Return where the copy of an absolute path of the jail stands."""
    return folder / ROOT / target.lstrip("/")


async def prepared_folder(
    cache_dir: Path,
    name: str,
    key: Mapping[str, str | int],
    build: Callable[[Path], Awaitable[Manifest]],
    *,
    uses: FoldersInUse,
) -> Prepared:
    """Return the folder of a name and key; build it if no trustworthy one is there.

    Args:
        cache_dir: An existing folder of ours.
        name: Its kind; it stands first in the folder's name.
        key: What it is made from.
        build: Fills the empty folder it is given and proves it; what it raises is passed on,
            and nothing stays behind.
        uses: Holds the folder, so that nobody removes it.

    Raises:
        SandboxUnavailable: It has been changed, and is in use: it cannot be made anew yet.
    """
    folder = cache_dir / manifests.identity(name, key)
    found = await held(folder, uses, key=key)
    if found is not None:
        return found
    async with exclusive(lock_of(folder)):
        found = await in_thread(lambda _: _held(folder, key, uses))
        if found is None:
            found = await _built(folder, build)
            await in_thread(lambda _: uses.hold(folder))
        return found


async def held(
    folder: Path, uses: FoldersInUse, *, key: Mapping[str, str | int] | None = None
) -> Prepared | None:
    """Hold a prepared folder from now on, if it is there and is trusted.

    Who asks whether somebody uses it has its lock for a moment: so nobody takes it for gone
    without having asked under the lock under which it is made as well.

    Args:
        folder: Of the cache.
        uses: Holds it.
        key: What it must be made from; None: whatever it is.

    Returns:
        None if it is not there, is not trusted, or somebody has removed it.
    """
    found = await in_thread(lambda _: _held(folder, key, uses))
    if found is None and await in_thread(lambda _: folder.is_dir()):
        async with exclusive(lock_of(folder)):
            return await in_thread(lambda _: _held(folder, key, uses))
    return found


def _held(folder: Path, key: Mapping[str, str | int] | None, uses: FoldersInUse) -> Prepared | None:
    # Held first: what is trusted now may be removed before it is held.
    return uses.hold_if(folder, lambda: trusted(folder, key))


async def _built(folder: Path, build: Callable[[Path], Awaitable[Manifest]]) -> Prepared:
    partial = partial_of(folder)
    try:
        await in_thread(lambda sign: _start_afresh(partial, folder, sign))
        manifest = await build(partial)
        return await in_thread(lambda _: _put_in_place(partial, folder, manifest))
    finally:
        await finish(in_thread(lambda _: _remove(partial)), grace_s=REMOVAL_S)


def trusted(folder: Path, key: Mapping[str, str | int] | None = None) -> Prepared | None:
    """Return a prepared folder if it is whole, unchanged and, given a key, made from it."""
    try:
        text = (folder / manifests.FILE_NAME).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    manifest = manifests.parsed_manifest(text)
    if manifest is None or (key is not None and dict(manifest.key) != dict(key)):
        return None
    is_unchanged = all(
        witness(folder, target) == seen for target, seen in manifest.witnesses.items()
    )
    # What cleans up old files takes some of a tree and leaves others: a program would then miss
    # modules that its language has. It takes 10 ms for Python's 1,500 files, once per process.
    is_unchanged = is_unchanged and size_bytes(folder / ROOT) == manifest.size_bytes
    return Prepared(folder, manifest) if is_unchanged else None


def preparation_stamp(folder: Path) -> str | None:
    """Return what changes when a folder is prepared anew, also under the same name.

    Returns:
        None if it is not prepared. Whether it is whole is not looked at.
    """
    try:
        status = (folder / manifests.FILE_NAME).stat()
    except OSError:
        return None
    return f"{folder.name} {status.st_mtime_ns} {status.st_size}"


def witness(folder: Path, target: str) -> tuple[int, int] | None:
    """Return size in bytes and mtime in ns of a copied file; None if it is not there."""
    try:
        status = mirrored(folder, target).stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def open_to_all(folder: Path, *, but: Iterable[str] = ()) -> None:
    """Let everyone read a folder's files, and nobody write them.

    Args:
        folder: A prepared folder.
        but: Absolute paths in the jail that keep their modes: what is seen writable there.
    """
    left_alone = {str(mirrored(folder, each)) for each in but}
    waiting = [str(folder)]
    while waiting:
        parent = waiting.pop()
        Path(parent).chmod(0o755)
        with os.scandir(parent) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting += [] if entry.path in left_alone else [entry.path]
                elif not entry.is_symlink():
                    _open_file(entry)


def _open_file(entry: os.DirEntry[str]) -> None:
    mode = stat.S_IMODE(entry.stat(follow_symlinks=False).st_mode)
    wanted = 0o555 if mode & 0o100 else 0o444
    if mode != wanted:  # of thousands, nearly all have been copied so
        Path(entry.path).chmod(wanted)


def size_bytes(folder: Path) -> int:
    """Return how much the files of a folder hold; 0 if it is not there."""
    total, waiting = 0, [str(folder)]
    while waiting:
        with suppress(FileNotFoundError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                else:
                    total += entry.stat(follow_symlinks=False).st_size
    return total


def _start_afresh(partial: Path, folder: Path, sign: StopSign) -> None:
    # It is not trusted, or we would not be here; but those who trusted it may have programs in it.
    if not clear(folder):
        raise SandboxUnavailable(
            f"{folder} has been changed, and cannot be made anew while programs use it. "
            "Try again once they have ended.",
            reason=Reason.HOST_FAILED,
            retryable=True,
        )
    _remove(partial)
    sign.heed()
    (partial / ROOT).mkdir(parents=True)


def _put_in_place(partial: Path, folder: Path, manifest: Manifest) -> Prepared:
    _remove(partial / COPIES)  # those of the jails that made or proved it
    open_to_all(partial, but=manifest.overlays)
    manifest = replace(manifest, size_bytes=size_bytes(partial / ROOT))
    description = partial / manifests.FILE_NAME
    description.write_text(manifests.manifest_text(manifest), encoding="utf-8")
    description.chmod(0o644)
    partial.rename(folder)
    return Prepared(folder, manifest)


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)

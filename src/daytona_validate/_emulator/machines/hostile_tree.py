"""Measuring and removing directory trees of hostile code, which may still run.

No path is followed that it could change: everything is opened one name at a time, below a folder
that is already open, and never through a symbolic link. Depth costs neither stack nor
descriptors without bound.
"""

from __future__ import annotations

import itertools
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from daytona_validate._runtime.worker_thread import StopSign

MAX_DEPTH = 128
"""Folders within folders; what lies deeper is not looked at."""
ENTRY_BYTES = 4096
"""The least that a file counts, however small: a disk can run out of names as well."""
UNKNOWN_BYTES = 1 << 62
"""What counts for a folder that is too deep, or is closed again and again while it is read."""

_FOLDER = os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READABLE = stat.S_IRUSR | stat.S_IXUSR


def used_bytes(folder: Path, sign: StopSign) -> int:
    """Return what a tree takes of the disk; of a file with many names, once.

    Raises:
        OSError: The tree could not be measured.
        Stopped: The sign was shown.
    """
    with _held(os.open(folder, os.O_RDONLY | _FOLDER)) as top:
        return _used_bytes(top, sign, seen=set(), depth=0)


def remove_tree(folder: Path) -> None:
    """Remove a folder and everything in it; nothing happens if it is not there.

    A folder in it is first moved to the top, so that none is ever deep.

    Raises:
        OSError: Something in the tree could not be removed.
    """
    try:
        descriptor = os.open(folder, os.O_RDONLY | _FOLDER)
    except FileNotFoundError:
        return
    with _held(descriptor) as top:
        waiting = _names(top)
        taken = frozenset(waiting)
        free = (name for n in itertools.count() if (name := f"removed-{n}") not in taken)
        while waiting:
            waiting += _removed(top, waiting.pop(), free)
    folder.rmdir()


def _used_bytes(folder: int, sign: StopSign, *, seen: set[tuple[int, int]], depth: int) -> int:
    if depth > MAX_DEPTH:
        return UNKNOWN_BYTES
    total = 0
    for name in _names(folder):
        sign.heed()
        with suppress(FileNotFoundError):  # it was removed meanwhile
            found = os.stat(name, dir_fd=folder, follow_symlinks=False)
            identity = (found.st_dev, found.st_ino)
            if identity not in seen:
                total += max(found.st_blocks * 512, ENTRY_BYTES)
            if found.st_nlink > 1:
                seen.add(identity)
            if stat.S_ISDIR(found.st_mode):
                total += _used_below(folder, name, sign, seen=seen, depth=depth + 1)
    return total


def _used_below(
    folder: int, name: str, sign: StopSign, *, seen: set[tuple[int, int]], depth: int
) -> int:
    try:
        handle = os.open(name, os.O_PATH | _FOLDER, dir_fd=folder)
    except NotADirectoryError:  # it was put in the folder's place meanwhile
        return ENTRY_BYTES
    try:
        with _held(handle), _readable(handle), _held(_opened(handle)) as below:
            return _used_bytes(below, sign, seen=seen, depth=depth)
    except PermissionError:
        return UNKNOWN_BYTES


def _removed(top: int, name: str, free: Iterator[str]) -> list[str]:
    """Remove one entry of a folder, and return the names under which it left others there."""
    try:
        handle = os.open(name, os.O_PATH | _FOLDER, dir_fd=top)
    except NotADirectoryError:
        os.unlink(name, dir_fd=top)
        return []
    moved: list[str] = []
    with _held(handle):
        _set_mode(handle, stat.S_IRWXU)  # a folder without these can be neither read nor moved
        with _held(_opened(handle)) as folder:
            for entry in _names(folder):
                moved += _taken_out(folder, entry, top, free)
    os.rmdir(name, dir_fd=top)
    return moved


def _taken_out(folder: int, name: str, top: int, free: Iterator[str]) -> list[str]:
    try:
        handle = os.open(name, os.O_PATH | _FOLDER, dir_fd=folder)
    except NotADirectoryError:
        os.unlink(name, dir_fd=folder)
        return []
    with _held(handle):
        _set_mode(handle, stat.S_IRWXU)
    place = next(free)
    os.rename(name, place, src_dir_fd=folder, dst_dir_fd=top)
    return [place]


@contextmanager
def _readable(handle: int) -> Iterator[None]:
    """Have a folder readable that its owner has closed; root reads it as it is."""
    mode = stat.S_IMODE(os.fstat(handle).st_mode)
    if os.geteuid() == 0 or mode & _READABLE == _READABLE:
        yield
        return
    _set_mode(handle, mode | _READABLE)
    try:
        yield
    finally:
        _set_mode(handle, mode)


@contextmanager
def _held(descriptor: int) -> Iterator[int]:
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _names(folder: int) -> list[str]:
    return os.listdir(folder)


def _opened(handle: int) -> int:
    return os.open(".", os.O_RDONLY | _FOLDER, dir_fd=handle)


def _set_mode(handle: int, mode: int) -> None:
    # A handle that only names a folder takes no fchmod; this is the way that leads to it alone.
    Path(f"/proc/self/fd/{handle}").chmod(mode)

"""Making room for groups of the second version, where one is left to us."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from daytona_validate._jails.cgroup_places import (
    NEEDED,
    PREFIX,
    CgroupPlace,
    Room,
    UnifiedGroup,
)
from daytona_validate._runtime.file_lock import FileLock

_DELEGATED = ("user.delegate", "trusted.delegate")
"""What systemd notes at a group that it delegates; plain users can read the first (251)."""
_PROCESSES, _HANDED_DOWN = "cgroup.procs", "cgroup.subtree_control"
_leaves: list[FileLock] = []
"""Held for as long as this process lives, which is in them."""


def unified_group(folder: str) -> UnifiedGroup:
    """Return what there is to know of a group; one that cannot be read has nothing."""
    path = Path(folder)
    written = (path, path / _PROCESSES, path / _HANDED_DOWN)
    return UnifiedGroup(
        folder=folder,
        controllers=frozenset(_words(path / "cgroup.controllers")),
        enabled=frozenset(_words(path / _HANDED_DOWN)),
        processes=frozenset(map(int, _words(path / _PROCESSES))),
        is_writable=all(os.access(each, os.W_OK, effective_ids=True) for each in written),
        is_delegated=_is_delegated(path),
    )


def make_room(place: CgroupPlace) -> None:
    """Do to a group what has to be done before others are made in it.

    Raises:
        OSError: It could not be done, and all is as before.
    """
    parent = Path(place.parent)
    if place.room is Room.CONTROLLERS:
        _hand_down(parent)
    if place.room is Room.LEAF:
        _leaves.append(_gone_into_a_leaf(parent))


def held(folder: Path) -> FileLock:
    """Return the lock of a group that has just been made. Raises OSError: it was swept since."""
    lock = FileLock(folder, is_folder=True)
    try:
        if lock.take() and lock.is_found():
            return lock
    except OSError:
        lock.close()
        raise
    lock.close()
    raise BlockingIOError(f"The new control group {folder} was not ours")


def _gone_into_a_leaf(parent: Path) -> FileLock:
    leaf = parent / f"{PREFIX}{secrets.token_hex(8)}"
    leaf.mkdir()
    try:
        lock = held(leaf)
        _write(leaf / _PROCESSES, str(os.getpid()))
        try:
            _hand_down(parent)
        except OSError:  # somebody else has come in since
            _write(parent / _PROCESSES, str(os.getpid()))
            lock.close()
            raise
    except OSError:
        leaf.rmdir()
        raise
    return lock


def _hand_down(parent: Path) -> None:
    _write(parent / _HANDED_DOWN, " ".join(f"+{each}" for each in sorted(NEEDED)))
    with suppress(OSError):  # a part of the processors is good to have
        _write(parent / _HANDED_DOWN, "+cpu")


def _is_delegated(path: Path) -> bool:
    for name in _DELEGATED:
        with suppress(OSError):
            if os.getxattr(path, name) == b"1":
                return True
    # The root of a namespace, which a container has; the real root has no type.
    return os.path.ismount(path) and (path / "cgroup.type").exists()


def _words(path: Path) -> list[str]:
    with suppress(OSError):
        return path.read_text().split()
    return []


def _write(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)

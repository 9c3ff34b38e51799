"""Finds the files of a folder, in an order that is the same everywhere."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from daytona_validate._core.not_read import Why
from daytona_validate._regular_file import is_inside

_SKIPPED_FOLDERS = frozenset({"node_modules", "__pycache__", "venv"})


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file or folder that is not read, and why."""

    path: str
    why: Why


def course_files(
    folder: str,
    *,
    wanted: Callable[[str], object],
    left_out: Callable[[str, bool], Why | None] = lambda _path, _is_folder: None,
) -> Iterator[str | LeftOut | OSError]:
    """Yield the paths of the wanted files below a folder, sorted by name folder by folder.

    Hidden files and folders, `node_modules`, `__pycache__` and virtual environments are passed
    over. A link is followed to a file in the same folder or below it; one that leads out of it,
    and what is no file, is yielded as left out. A link to a folder is never followed, so there is
    no way in a circle: what it leads to is read in its own place, or is outside.
    A folder that cannot be listed is yielded as the error it gave, its path in `filename`.

    Args:
        folder: Where to begin; it is read whatever its own name is.
        wanted: Whether a file of this name is wanted.
        left_out: Why a path is left out, and whether it is a folder; a wanted file or a folder.
    """
    waiting = [_Entry(folder, is_folder=True)]
    while waiting:
        entry = waiting.pop()
        why = entry.why
        if why is None and entry.path != folder:
            why = left_out(entry.path, entry.is_folder)
        if why is not None:
            yield LeftOut(entry.path, why)
        elif not entry.is_folder:
            yield entry.path
        elif not _is_still_inside(entry, folder):
            yield LeftOut(entry.path, Why.LEADS_OUT)
        else:
            try:
                waiting.extend(reversed(_entries(entry.path, folder, wanted)))
            except OSError as error:
                yield error


def is_passed_over(name: str) -> bool:
    """Whether a file or folder of this name is skipped: hidden, or made by tools."""
    return name.startswith(".") or name in _SKIPPED_FOLDERS


@dataclass(frozen=True, slots=True)
class _Entry:
    path: str
    is_folder: bool = False
    why: Why | None = None
    """Why it is left out; None: it is not."""
    inode: int | None = None
    """Of a folder as it was found; None: of the one that was given."""


def _is_still_inside(entry: _Entry, root: str) -> bool:
    """Return whether a folder leads nowhere else since it was found, when it was no link.

    To follow the links of its whole path for each folder would take a time that grows with the
    square of how deep folders lie, and more.
    """
    with suppress(OSError):
        now, top = os.stat(entry.path), os.stat(root)  # noqa: PTH116 - of any bytes
        if (now.st_dev, now.st_ino) == (top.st_dev, entry.inode):
            return True
    return is_inside(entry.path, root)


def _entries(folder: str, root: str, wanted: Callable[[str], object]) -> list[_Entry]:
    with os.scandir(folder) as found:
        entries = (_entry(each, str(Path(folder) / each.name), root, wanted) for each in found)
        return sorted((each for each in entries if each is not None), key=lambda each: each.path)


def _entry(
    entry: os.DirEntry[str], path: str, root: str, wanted: Callable[[str], object]
) -> _Entry | None:
    """Return the entry of a folder to visit, to read or to report; None: it is skipped."""
    if is_passed_over(entry.name):
        return None
    if entry.is_dir(follow_symlinks=False):
        if os.path.exists(f"{path}/pyvenv.cfg"):  # noqa: PTH110 - Path.exists raises on some
            return None
        return _Entry(path, is_folder=True, inode=entry.inode())
    if os.path.isdir(path):  # noqa: PTH112 - Path.is_dir raises on some
        return None if is_inside(path, root) else _Entry(path, why=Why.LEADS_OUT)
    return _Entry(path, why=_why_left_out(entry, path, root)) if wanted(entry.name) else None


def _why_left_out(entry: os.DirEntry[str], path: str, root: str) -> Why | None:
    if entry.is_symlink():
        if not is_inside(path, root):
            return Why.LEADS_OUT
        if not os.path.exists(path):  # noqa: PTH110 - as above
            return Why.LEADS_NOWHERE
    return None if os.path.isfile(path) else Why.NO_FILE  # noqa: PTH113 - as above

"""Finds the files of a folder, in an order that is the same everywhere."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

_SKIPPED_FOLDERS = frozenset({"node_modules", "__pycache__", "venv"})


def course_files(folder: str, *, wanted: Callable[[str], object]) -> Iterator[str | OSError]:
    """Yield the paths of the wanted files below a folder, sorted by name folder by folder.

    Hidden files and folders, `node_modules`, `__pycache__` and virtual environments are left
    out. Links to files are followed, links to folders are not, so there is no way in a circle.
    A folder that cannot be listed is yielded as the error it gave, its path in `filename`.

    Args:
        folder: Where to begin; it is read whatever its own name is.
        wanted: Whether a file of this name is wanted.
    """
    waiting = [_Entry(folder, is_folder=True)]
    while waiting:
        entry = waiting.pop()
        if not entry.is_folder:
            yield entry.path
            continue
        try:
            waiting.extend(reversed(_entries(entry.path, wanted)))
        except OSError as error:
            yield error


@dataclass(frozen=True, slots=True, order=True)
class _Entry:
    path: str
    is_folder: bool


def _entries(folder: str, wanted: Callable[[str], object]) -> list[_Entry]:
    with os.scandir(folder) as found:
        return sorted(
            _Entry(str(Path(folder) / each.name), is_folder=each.is_dir(follow_symlinks=False))
            for each in found
            if _is_read(each, wanted)
        )


def _is_read(entry: os.DirEntry[str], wanted: Callable[[str], object]) -> bool:
    if entry.name.startswith("."):
        return False
    path = Path(entry.path)
    if entry.is_dir(follow_symlinks=False):
        return entry.name not in _SKIPPED_FOLDERS and not (path / "pyvenv.cfg").exists()
    return bool(wanted(entry.name)) and path.is_file()

"""Folders of a site, as `Sites` reads them: those of the disk, or of anything that has folders."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from daytona_validate._courses.course_files import is_passed_over
from daytona_validate._regular_file import read_regular

LARGEST_BYTES = 1024 * 1024
"""Of a file that is read."""
MOST_FOLDERS = 1000


class SiteTree(Protocol):
    """File system, as far as a site needs one; nothing of it raises."""

    def has(self, path: Path) -> bool:
        """Return whether anything is there."""

    def entries(self, folder: Path) -> list[Path]:
        """Return what is in a folder, sorted, without what is passed over."""

    def folders(self, folder: Path) -> list[Path]:
        """Return the folders among these, without links."""

    def text(self, path: Path, inside: Path) -> str:
        """Return the text of a file; empty if it is none, or cannot be read.

        Args:
            path: Of the file.
            inside: The folder that it must not lead out of.
        """


def below(tree: SiteTree, folder: Path) -> Iterator[Path]:
    """Yield what is in a folder and in those below it, in the order of their paths.

    A stranger's folders may be as deep as paths are long, so that nothing here calls itself.
    """
    waiting = [folder]
    for _ in range(MOST_FOLDERS):
        if not waiting:
            return
        current = waiting.pop()
        yield from tree.entries(current)
        waiting.extend(reversed(tree.folders(current)))


class Disk:
    """The file system."""

    def has(self, path: Path) -> bool:
        return os.path.lexists(path)

    def entries(self, folder: Path) -> list[Path]:
        try:
            with os.scandir(folder) as found:
                return sorted(folder / each.name for each in found if not is_passed_over(each.name))
        except OSError:
            return []

    def folders(self, folder: Path) -> list[Path]:
        try:
            with os.scandir(folder) as found:
                names = [each.name for each in found if each.is_dir(follow_symlinks=False)]
        except OSError:
            return []
        return sorted(folder / each for each in names if not is_passed_over(each))

    def text(self, path: Path, inside: Path) -> str:
        try:
            return read_regular(path, at_most_bytes=LARGEST_BYTES, inside=inside).decode()
        except (OSError, UnicodeDecodeError):
            return ""


DISK = Disk()

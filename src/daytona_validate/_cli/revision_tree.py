"""The folders of a revision, as the sites of its pages are read from them."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from daytona_validate._cli.git_revision import Revision
from daytona_validate._course_run.site_tree import DISK, LARGEST_BYTES
from daytona_validate._courses.course_files import is_passed_over


class RevisionTree:
    """Tree of a revision; what lies above its repository is as the disk has it."""

    def __init__(self, revision: Revision) -> None:
        self._revision = revision
        self._top = Path(revision.folder)
        self._files: defaultdict[Path, set[str]] = defaultdict(set)
        self._folders: defaultdict[Path, set[str]] = defaultdict(set)
        for name in (*revision.objects, *revision.links):
            path = Path(revision.path(name))
            self._files[path.parent].add(path.name)
            folder = path.parent
            while folder != self._top and folder.name not in self._folders[folder.parent]:
                self._folders[folder.parent].add(folder.name)
                folder = folder.parent

    def has(self, path: Path) -> bool:
        """Return whether anything is there; so is the folder of git itself."""
        is_known = path.name in self._files[path.parent] | self._folders[path.parent]
        return is_known or (path.name == ".git" and DISK.has(path))

    def entries(self, folder: Path) -> list[Path]:
        """Return what is in a folder, sorted, without what is passed over."""
        if not folder.is_relative_to(self._top):
            return DISK.entries(folder)
        names = self._files[folder] | self._folders[folder]
        return sorted(folder / each for each in names if not is_passed_over(each))

    def folders(self, folder: Path) -> list[Path]:
        """Return the folders among these."""
        return sorted(folder / each for each in self._folders[folder] if not is_passed_over(each))

    def text(self, path: Path, inside: Path) -> str:
        """Return the text of a file; empty if it is none, too large, or links lead out."""
        name = self._revision.name(str(path))
        is_large = self._revision.sizes_bytes.get(name, 0) > LARGEST_BYTES
        if name in self._revision.objects and not is_large:
            is_same = self._revision.has_as_it_is(str(path))
            return DISK.text(path, inside) if is_same else self._decoded(name)
        return DISK.text(path, inside) if self._is_known_link(path) else ""

    def _decoded(self, name: str) -> str:
        try:
            return self._revision.content(name).decode()
        except UnicodeDecodeError:
            return ""

    def _is_known_link(self, path: Path) -> bool:
        """Return whether a link, and what it leads to, are as they are on the disk."""
        return path.is_symlink() and self._revision.has_as_it_is(str(path))

"""What jails could have of this host's /usr, as it is seen at one time; nothing is copied here."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from daytona_validate._jails.library_choice import Choice, Entry, chosen, is_shared_object

FORMAT = "2"
"""Raise it when what is copied changes."""
TREES = ("/usr/lib/locale", "/usr/share/zoneinfo")
"""Locales and time zones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """The host's libraries, locales and time zones."""

    libraries: tuple[tuple[str, Choice], ...]
    """Path of each folder of libraries, and what of it is copied."""
    trees: tuple[tuple[str, tuple[Entry, ...]], ...]
    """Path of each tree, and what stands in it directly."""
    files: tuple[tuple[str, Entry], ...]
    """Path of each library whose folder is not copied, such as a loader."""

    @property
    def key(self) -> str:
        """What changes with the name, size or time of any file."""
        chosen_ones = [
            (path, [tuple(each) for each in (*of.files, *of.links, *of.trees, *of.left_out)])
            for path, of in self.libraries
        ]
        trees = [(path, [tuple(each) for each in entries]) for path, entries in self.trees]
        facts = (FORMAT, chosen_ones, trees, [(path, tuple(each)) for path, each in self.files])
        return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]

    @property
    def left_out(self) -> tuple[str, ...]:
        """Paths of shared objects and folders that jails do not have."""
        return tuple(
            f"{path}/{each.name}" for path, choice in self.libraries for each in choice.left_out
        )


def survey(libraries: Sequence[str], trees: Sequence[str] = TREES) -> Survey:
    """Look at what is there.

    Args:
        libraries: Paths of the folders in which the host has libraries, and of single ones.
        trees: Paths of what is copied whole, where it is there and in none of the folders.

    Raises:
        OSError: Something cannot be read, or went away meanwhile.
    """
    folders = [each for each in libraries if Path(each).is_dir()]
    own = {each: None for folder in folders for each in (folder, folder.removeprefix("/usr"))}
    return Survey(
        libraries=tuple((each, chosen(_entries(each, tuple(own)))) for each in folders),
        trees=tuple(
            (each, tuple(_stamps(each)))
            for each in trees
            if Path(each).is_dir() and str(Path(each).parent) not in folders
        ),
        files=tuple(
            (each, _file(Path(each).name, each)) for each in libraries if each not in folders
        ),
    )


def _entries(folder: str, libraries: Sequence[str]) -> Iterator[Entry]:
    neighbours = ("", folder, folder.removeprefix("/usr"))
    with os.scandir(folder) as entries:
        for each in entries:
            if each.is_dir(follow_symlinks=False):
                yield Entry(each.name, mtime_ns=each.stat().st_mtime_ns)
            elif is_shared_object(each.name):
                yield from _object(each, neighbours, libraries)


def _object(
    entry: os.DirEntry[str], neighbours: Sequence[str], libraries: Sequence[str]
) -> Iterator[Entry]:
    if entry.is_symlink():
        text = os.readlink(entry.path)  # noqa: PTH115 - one of hundreds, at every start
        parent, _, name = text.rpartition("/")
        if parent in neighbours:
            yield Entry(entry.name, points_to=name)
            return
        if parent in libraries:
            yield Entry(entry.name, points_to=text)
            return
    if entry.is_file():  # or a link that leads out of the folders: what it leads to is copied
        yield _file(entry.name, os.path.realpath(entry.path) if entry.is_symlink() else entry.path)


def _file(name: str, source: str) -> Entry:
    state = os.stat(source)  # noqa: PTH116 - as above
    return Entry(name, state.st_size, state.st_mtime_ns, source=source)


def _stamps(tree: str) -> Iterator[Entry]:
    """Yield what changes when a tree is updated: who replaces a file changes its folder."""
    with os.scandir(tree) as entries:
        for each in sorted(entries, key=lambda each: each.name):
            state = each.stat(follow_symlinks=False)
            yield Entry(each.name, state.st_size, state.st_mtime_ns)

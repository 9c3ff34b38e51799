"""Which files and folders below a folder are left out: those that git ignores, and the excluded.

It asks no git, for none may be there: it reads `.gitignore` files, from the repository's folder
down, and neither `.git/info/exclude` nor the user's own list.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from daytona_validate._core.not_read import Why
from daytona_validate._courses.config_files import CourseConfigs
from daytona_validate._courses.ignore_patterns import IgnorePatterns
from daytona_validate._regular_file import read_regular

_LARGEST_BYTES = 1024 * 1024


class LeftOutPaths:
    """Ignore rules of one folder that is given: git's, the configuration's, and the options'.

    Args:
        root: The folder; it is read itself, whatever any rule says.
        exclude: Patterns of the user's own: of paths as they are given, or below the folder.
        configs: The configurations of all folders.
    """

    def __init__(self, root: str, *, exclude: Sequence[str], configs: CourseConfigs) -> None:
        self._root = os.path.abspath(root)  # noqa: PTH100 - of any bytes
        self._given = root
        self._exclude = IgnorePatterns(exclude)
        self._configs = configs
        self._of_git: dict[str, tuple[tuple[str, IgnorePatterns], ...]] = {}
        self._of_configs: dict[str, tuple[tuple[str, IgnorePatterns], ...]] = {}

    def why(self, path: str, *, is_folder: bool) -> Why | None:
        """Return why a path is left out; None: it is not.

        Args:
            path: As the folder was given, and below it.
            is_folder: Whether it is a folder.

        Raises:
            ConfigurationError: The configuration of its folder is wrong.
        """
        below = os.path.relpath(path, self._given)
        real = f"{self._root.rstrip('/')}/{below}"
        own = (path.removeprefix("./"), below)
        said = {self._exclude.ignores(each, is_folder=is_folder) for each in own}
        if True in said and False not in said:
            return Why.EXCLUDED
        folder = os.path.dirname(real)  # noqa: PTH120 - of any bytes
        if _ignores(self._excludes(folder), real, is_folder=is_folder):
            return Why.EXCLUDED
        if _ignores(self._gits(folder), real, is_folder=is_folder):
            return Why.IGNORED
        return None

    def _excludes(self, folder: str) -> tuple[tuple[str, IgnorePatterns], ...]:
        """Return what the configurations of a folder and of those above it exclude."""
        found = self._of_configs.get(folder)
        if found is None:
            config = self._configs.of_folder(folder)
            above = () if folder == self._root else self._excludes(os.path.dirname(folder))  # noqa: PTH120 - as above
            is_new = bool(config.exclude) and config.folder not in {of for of, _ in above}
            own = ((config.folder, IgnorePatterns(config.exclude)),) if is_new else ()
            found = self._of_configs[folder] = (*above, *own)
        return found

    def _gits(self, folder: str) -> tuple[tuple[str, IgnorePatterns], ...]:
        """Return the patterns of git for what lies in a folder, those of outer folders first."""
        found = self._of_git.get(folder)
        if found is None:
            above = self._above() if folder == self._root else self._gits(os.path.dirname(folder))  # noqa: PTH120 - as above
            found = self._of_git[folder] = (*above, *_gitignore(folder))
        return found

    def _above(self) -> tuple[tuple[str, IgnorePatterns], ...]:
        """Return the patterns of the repository above the folder, unless they ignore it itself."""
        above: list[tuple[str, IgnorePatterns]] = []
        folder = self._root
        while not os.path.lexists(f"{folder}/.git"):
            parent = os.path.dirname(folder)  # noqa: PTH120 - as above
            if parent == folder:
                return ()
            folder = parent
            above[:0] = _gitignore(folder)
        inner = self._root
        while inner != folder:
            if _ignores(above, inner, is_folder=True):
                return ()
            inner = os.path.dirname(inner)  # noqa: PTH120 - as above
        return tuple(above)


def _ignores(rules: Sequence[tuple[str, IgnorePatterns]], path: str, *, is_folder: bool) -> bool:
    """Tell whether a path is ignored: the innermost folder whose patterns say anything counts."""
    for folder, patterns in reversed(rules):
        start = f"{folder.rstrip('/')}/"
        if path.startswith(start):
            said = patterns.ignores(path.removeprefix(start), is_folder=is_folder)
            if said is not None:
                return said
    return False


def _gitignore(folder: str) -> Iterator[tuple[str, IgnorePatterns]]:
    path = Path(folder) / ".gitignore"
    try:
        content = read_regular(path, at_most_bytes=_LARGEST_BYTES)
    except OSError:
        return
    yield folder, IgnorePatterns(os.fsdecode(content).split("\n"))

"""What a page depends on beside its own text, and whether a revision has it as it is.

It errs towards change: what is not known to be as it was has changed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # they cost more than the whole of --help
    from daytona_validate._cli.git_revision import Revision
    from daytona_validate._core.course_config import CourseConfig
    from daytona_validate._courses.course_snippet import CourseSnippet


class PageSurroundings:
    """Cache of what has changed around pages: configurations, set-up files, neighbours, sites.

    Args:
        revision: What was there.
    """

    def __init__(self, revision: Revision) -> None:
        from daytona_validate._cli.revision_tree import RevisionTree
        from daytona_validate._course_run.sites import Sites
        from daytona_validate._courses.config_files import CourseConfigs

        self._revision = revision
        self._sites = Sites(allows_files=True)
        self._former_sites = Sites(allows_files=True, tree=RevisionTree(revision))
        self._configs = CourseConfigs()
        self._of_folder: dict[str, bool] = {}
        self._of_config: dict[str, bool] = {}

    def config(self, path: str) -> CourseConfig:
        """Return the configuration that counts for a file.

        Raises:
            ConfigurationError: It is wrong; the caller's fault.
        """
        return self._configs.of_file(path)

    def have_changed(self, path: str, *, is_page: bool) -> bool:
        """Return whether what counts for a file has changed.

        Args:
            path: Of the file, all links followed.
            is_page: Whether it has blocks: only those have a set-up and neighbours.

        Raises:
            ConfigurationError: Its configuration is wrong; the caller's fault.
        """
        if self._has_other_config(os.path.dirname(path)):  # noqa: PTH120 - of any bytes
            return True
        config = self.config(path)
        if not is_page or not config.folder:
            return False
        if config.folder not in self._of_config:
            self._of_config[config.folder] = self._has_other_files(config)
        return self._of_config[config.folder]

    def has_other_site(self, path: str, courses: Callable[[], Iterable[CourseSnippet]]) -> bool:
        """Return whether the site of a page gives its blocks anything else.

        Args:
            path: Of the page, all links followed.
            courses: The page's snippets; asked for only if the site gives anything else to any.
        """
        now, then = self._sites.of(path), self._former_sites.of(path)
        if now == then:
            return False
        snippets = (each.snippet for each in courses())
        codes = [each.code for each in snippets if self._sites.has_any({each.language})]
        return now.seen_from(codes) != then.seen_from(codes)

    def _has_other_config(self, folder: str) -> bool:
        """Return whether the configuration of a folder, or of one above it, says other things."""
        folders = [folder]
        while folders[-1] not in self._of_folder and folders[-1] != self._revision.folder:
            folders.append(os.path.dirname(folders[-1]))  # noqa: PTH120 - as above
        has_changed = False
        for each in reversed(folders):
            if each not in self._of_folder:
                self._of_folder[each] = has_changed or self._says_other_things(each)
            has_changed = self._of_folder[each]
        return has_changed

    def _says_other_things(self, folder: str) -> bool:
        from daytona_validate._courses.config_files import CONFIG_NAMES

        for name in CONFIG_NAMES:
            path = os.path.join(folder, name)  # noqa: PTH118 - as above
            if not self._revision.has_as_it_is(path) and self._said(path, name) != _says(
                path, name
            ):
                return True
        return False

    def _said(self, path: str, name: str) -> object:
        inner = self._revision.name(path)
        is_there = inner in self._revision.objects
        return _in(self._revision.content(inner), name) if is_there else None

    def _has_other_files(self, config: CourseConfig) -> bool:
        paths = {*config.setup.values(), *self._named(config)}
        return not all(
            self._revision.has_as_it_is(os.path.join(config.folder, path))  # noqa: PTH118 - as above
            for path in paths
        )

    def _named(self, config: CourseConfig) -> Iterator[str]:
        """Yield the neighbours that a configuration names, and those that it would have named."""
        from daytona_validate._course_run.neighbours import named_files
        from daytona_validate._courses.course_files import is_passed_over
        from daytona_validate._courses.ignore_patterns import IgnorePatterns

        if not config.files:
            return
        yield from named_files(config)
        wanted = IgnorePatterns(config.files)
        start = self._revision.name(config.folder)
        prefix = "" if start == "." else f"{start}/"
        for name in self._revision.objects:
            path = name.removeprefix(prefix)
            is_hidden = any(map(is_passed_over, path.split("/")))
            if name.startswith(prefix) and not is_hidden and wanted.ignores(path, is_folder=False):
                yield path


def _says(path: str, name: str) -> object:
    from daytona_validate._courses.config_files import LARGEST_BYTES
    from daytona_validate._regular_file import read_regular

    try:
        return _in(read_regular(Path(path), at_most_bytes=LARGEST_BYTES), name)
    except OSError:
        return None


def _in(content: bytes, name: str) -> object:
    """Return what a configuration says; of one that cannot be read, that it is no other."""
    from daytona_validate._courses.config_files import said_in

    try:
        return said_in(content, name)
    except (ValueError, RecursionError):
        return content

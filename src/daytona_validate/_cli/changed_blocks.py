"""Finds the blocks of a course that are not what git has, or whose surroundings are not.

It errs towards change: what is not known to be as it was is run.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from daytona_validate._cli.changed_argument import OPTION
from daytona_validate._cli.git_revision import Revision, file_name, revision_of, top_of
from daytona_validate._cli.page_surroundings import PageSurroundings
from daytona_validate._errors import ConfigurationError
from daytona_validate._regular_file import read_regular

if TYPE_CHECKING:  # they cost more than the whole of --help
    from daytona_validate._core.course_config import CourseConfig
    from daytona_validate._courses.collect_options import CollectOptions
    from daytona_validate._courses.course_snippet import CourseSnippet

_ALSO_IN_BLOCKS = (".ipynb", ".rst")
_NOTHING: frozenset[str] = frozenset()


@dataclass(slots=True)
class ChangedBlocks:
    """Filter of blocks by what a revision has.

    Only what is not there as it stands, what such a block may count for on its page, and all of a
    page whose surroundings have changed.
    """

    unchanged: set[str] = field(default_factory=set[str])
    """Files that are as they were, all links followed, by the names that people see."""
    former: dict[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    """Fingerprints of the blocks of those that are not; none: all of it is to be run."""
    gone: dict[tuple[str, str], frozenset[str]] = field(
        default_factory=dict[tuple[str, str], frozenset[str]]
    )
    """Fingerprints of the blocks of files that are no longer there, by what else counted for them:
    what is new may be of them."""

    def has(self, course: CourseSnippet) -> bool:
        """Whether no such block on such a page was in its file, or in one that is gone since."""
        location = course.snippet.location
        path = "" if location is None else os.path.realpath(location.path)
        if path in self.unchanged:
            return False
        known = self.former.get(path)
        if known is None:
            known = self.gone.get(_surroundings(course.config, path), _NOTHING)
        return course.fingerprint not in known


def _surroundings(config: CourseConfig, path: str) -> tuple[str, str]:
    """Return what all files share for which the same counts: neighbours, and their site."""
    return config.folder, os.path.dirname(path)  # noqa: PTH120 - of any bytes


def changed_blocks(
    paths: tuple[str, ...], reference: str, *, reading: CollectOptions
) -> ChangedBlocks:
    """Read a revision, and return the filter for the files and folders of a run.

    Args:
        paths: They, each in a repository.
        reference: A revision, such as `HEAD` or `origin/main`.
        reading: How files are read.

    Raises:
        ConfigurationError: There is no git, no repository or no such revision, or a configuration
            is wrong; the caller's fault.
    """
    if "-" in paths:
        raise ConfigurationError(f"{OPTION} takes files and folders, not stdin")
    real = [os.path.realpath(path) for path in paths]
    starts = {path if Path(path).is_dir() else str(Path(path).parent) for path in real}
    found = ChangedBlocks()
    seen: set[str] = set()
    for folder in sorted({top_of(start) for start in sorted(starts)}):
        comparison = _Comparison(revision_of(reference, folder), real, reading)
        for name in comparison.names():
            shown = os.fsencode(comparison.revision.path(name)).decode(errors="replace")
            comparison.add(found, name, shown, is_ambiguous=shown in seen)
            seen.add(shown)
    return found


class _Comparison:
    """Comparison of the files of one repository with what they were."""

    def __init__(self, revision: Revision, real: Iterable[str], reading: CollectOptions) -> None:
        self.revision = revision
        self._real = tuple(real)
        self._reading = reading
        self._surroundings = PageSurroundings(revision)

    def names(self) -> Iterable[str]:
        """Return the files of the tree that a run reads, or has read when they were there."""
        from daytona_validate._courses.file_formats import reader_of

        return (
            name
            for name in self.revision.objects
            if reader_of(name) and self._given(self.revision.path(name)) is not None
        )

    def add(self, found: ChangedBlocks, name: str, shown: str, *, is_ambiguous: bool) -> None:
        """Say of a file what its blocks were.

        Args:
            found: To be told.
            name: Of the file, in the tree.
            shown: Its path as people see it.
            is_ambiguous: Whether another file's path is shown as the same: neither is known then.
        """
        path, there = self.revision.path(name), self.revision.objects[name]
        now = file_name(path, like=there)
        has_changed = is_ambiguous or self._has_other_surroundings(name, path, now=now)
        if now == there and not has_changed:
            found.unchanged.add(shown)
        elif now is None:
            key = _surroundings(self._surroundings.config(path), path)
            fingerprints = _NOTHING if has_changed else self._former(name, path)
            found.gone[key] = found.gone.get(key, _NOTHING) | fingerprints
        else:
            found.unchanged.discard(shown)
            found.former[shown] = _NOTHING if has_changed else self._former(name, path)

    def _given(self, path: str) -> str | None:
        """Return the path that was given of a file or its folder; None: it is in none."""
        return next((each for each in self._real if PurePath(path).is_relative_to(each)), None)

    def _folder(self, path: str) -> str | None:
        """Return the folder that the includes of a page must not lead out of; None: its own."""
        given = self._given(path)
        own = None if given is None or given == path else given
        folder = self._reading.include_folder
        return own if folder is None else os.path.realpath(folder)

    def _has_other_surroundings(self, name: str, path: str, *, now: str | None) -> bool:
        from daytona_validate._courses.file_formats import is_page

        has_blocks = is_page(name) or name.lower().endswith(_ALSO_IN_BLOCKS)
        if self._surroundings.have_changed(path, is_page=has_blocks):
            return True
        is_same = now == self.revision.objects[name]
        then = self._is(path) if is_same else self._was(name)
        if has_blocks and self._surroundings.has_other_site(
            path, lambda: self._read_whole(then or b"", name, path)
        ):
            return True
        if not is_page(name):
            return False
        content = then if is_same or now is None else self._is(path)
        if then is None or content is None:
            return not is_same
        return self._includes_otherwise(path, {then, content})

    def _includes_otherwise(self, path: str, contents: Iterable[bytes]) -> bool:
        """Return whether a file that a page includes, or has included, has changed."""
        from daytona_validate._courses.included import included_paths, may_include

        included = (
            each
            for content in contents
            if may_include(content)
            for course in self._read(content, path)
            for each in included_paths(course.snippet, page=path, folder=self._folder(path))
        )
        return not all(map(self.revision.has_as_it_is, included))

    def _former(self, name: str, path: str) -> frozenset[str]:
        """Return the fingerprints of the snippets of a file as it was; none of one too large."""
        from daytona_validate._courses.page_fingerprints import page_fingerprints

        content = self._was(name)
        courses = () if content is None else self._read_whole(content, name, path)
        return frozenset(page_fingerprints([*courses]))

    def _read_whole(self, content: bytes, name: str, path: str) -> Iterator[CourseSnippet]:
        """Read content as the file that is there, with what it includes as that is now."""
        from daytona_validate._courses.file_formats import is_page
        from daytona_validate._courses.included import with_included

        for course in self._read(content, path):
            snippet = course.snippet
            if is_page(name) and snippet.unreadable is None:
                folder, limit_bytes = self._folder(path), self._reading.max_file_bytes
                snippet = with_included(
                    snippet, page=path, folder=folder, max_file_bytes=limit_bytes
                )
            yield replace(course, snippet=snippet)

    def _was(self, name: str) -> bytes | None:
        """Return the former content of a file; None: it is larger than is ever read."""
        is_large = self.revision.sizes_bytes[name] > self._reading.max_file_bytes
        return None if is_large else self.revision.content(name)

    def _is(self, path: str) -> bytes | None:
        try:
            return read_regular(Path(path), at_most_bytes=self._reading.max_file_bytes)
        except OSError:
            return None

    def _read(self, content: bytes, path: str) -> Iterable[CourseSnippet]:
        """Read content as the file that is there, with nothing that it includes."""
        from daytona_validate._courses.collect import collect

        options = replace(
            self._reading.in_folder(self._surroundings.config(path)), stdin_filename=path
        )
        return collect(["-"], options=options, stdin=BytesIO(content))

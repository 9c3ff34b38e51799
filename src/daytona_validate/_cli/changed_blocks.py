"""Finds the blocks of a course whose content is not what git has of it.

The repository may be a stranger's: git only reads objects here. It compares no working files, so
that no filter, hook or monitor of the repository's configuration is run, and fetches nothing.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from daytona_validate._errors import ConfigurationError
from daytona_validate._regular_file import open_regular

if TYPE_CHECKING:  # they cost more than the whole of --help
    from daytona_validate._courses.collect_options import CollectOptions
    from daytona_validate._courses.course_snippet import CourseSnippet

_OPTION = "--changed"
_GIT_S = 60.0
_SHA1_DIGITS = 40
_CHUNK_BYTES = 1024 * 1024
_SAFE = ("core.fsmonitor=", "core.hooksPath=/dev/null", "core.sshCommand=false")
_OFFLINE = {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none", "GIT_TERMINAL_PROMPT": "0"}


@dataclass(frozen=True)
class ChangedBlocks:
    """Filter of blocks by what a revision has.

    Only what is not there as it stands, and what is below such a block of its language on its page.
    """

    unchanged: frozenset[str]
    """Files that are as they were, all links followed."""
    former: Mapping[str, frozenset[str]]
    """Fingerprints of the blocks of those that are not."""
    gone: frozenset[str]
    """Fingerprints of the blocks of files that are no longer there: what is new may be of them."""

    def has(self, course: CourseSnippet) -> bool:
        """Whether no such block after such ones was in its file, or in one that is gone since."""
        location = course.snippet.location
        path = "" if location is None else os.path.realpath(location.path)
        if path in self.unchanged:
            return False
        return course.so_far not in self.former.get(path, self.gone)


@dataclass(frozen=True)
class _Revision:
    """Tree of a repository at one revision."""

    folder: str
    """The top of the working tree, all links followed."""
    objects: dict[str, str]
    """The object of each file, by its path in the tree."""
    sizes_bytes: dict[str, int]
    """Of the files, by the same."""

    def contents(self, name: str, reading: CollectOptions) -> frozenset[str]:
        """Return the fingerprints of the blocks of a file as it was; none of one that is too large.

        It is read as the file is now: with what the configuration of its folder says.
        """
        from daytona_validate._courses.collect import collect
        from daytona_validate._courses.config_files import CourseConfigs

        if self.sizes_bytes[name] > reading.max_file_bytes:
            return frozenset()
        content = _git(self.folder, "cat-file", "blob", self.objects[name])
        config = CourseConfigs().of_file(os.path.join(self.folder, name))  # noqa: PTH118 - as below
        options = replace(reading.in_folder(config), stdin_filename=name)
        former = collect(["-"], options=options, stdin=BytesIO(content))
        return frozenset(course.so_far for course in former)


def changed_blocks(
    paths: tuple[str, ...], reference: str, *, reading: CollectOptions
) -> ChangedBlocks:
    """Read a revision, and return the filter for the files and folders of a run.

    Args:
        paths: They, each in a repository.
        reference: A revision, such as `HEAD` or `origin/main`.
        reading: How files are read.

    Raises:
        ConfigurationError: There is no git, no repository or no such revision; the caller's fault.
    """
    if "-" in paths:
        raise ConfigurationError(f"{_OPTION} takes files and folders, not stdin")
    real = [os.path.realpath(path) for path in paths]
    starts = {path if Path(path).is_dir() else str(Path(path).parent) for path in real}
    tops = {_git(start, "rev-parse", "--show-toplevel") for start in sorted(starts)}
    folders = {os.path.realpath(os.fsdecode(top.removesuffix(b"\n"))) for top in tops}
    revisions = [_revision(reference, folder) for folder in folders]
    return _compared(revisions, real, reading)


def _compared(
    revisions: Iterable[_Revision], real: list[str], reading: CollectOptions
) -> ChangedBlocks:
    """Compare the files in some folders with what they were."""
    from daytona_validate._courses.file_formats import reader_of

    unchanged: set[str] = set()
    former: dict[str, frozenset[str]] = {}
    gone: set[str] = set()
    for revision in revisions:
        for name, digest in revision.objects.items():
            path = os.path.join(revision.folder, name)  # noqa: PTH118 - bytes that are no text
            if reader_of(name) is None or not any(PurePath(path).is_relative_to(x) for x in real):
                continue
            now = _digest(path, like=digest)
            if now == digest:
                unchanged.add(path)
            elif now is None:
                gone |= revision.contents(name, reading)
            else:
                former[path] = revision.contents(name, reading)
    return ChangedBlocks(frozenset(unchanged), former, frozenset(gone))


def _digest(path: str, *, like: str) -> str | None:
    """Return the name that git has for a file's content; None: it is no file any more."""
    new = hashlib.sha1 if len(like) == _SHA1_DIGITS else hashlib.sha256
    try:
        with open_regular(path) as stream:
            found = new(b"blob %d\0" % os.fstat(stream.fileno()).st_size, usedforsecurity=False)
            while chunk := stream.read(_CHUNK_BYTES):
                found.update(chunk)
    except OSError:
        return None
    return found.hexdigest()


def _revision(reference: str, folder: str) -> _Revision:
    wanted = f"{reference}^{{commit}}"
    commit = _git(folder, "rev-parse", "--verify", "--end-of-options", wanted).strip().decode()
    rows = _git(folder, "ls-tree", "-r", "-l", "-z", "--full-tree", commit).split(b"\0")
    objects: dict[str, str] = {}
    sizes_bytes: dict[str, int] = {}
    for row in filter(None, rows):
        head, _, name = row.partition(b"\t")
        mode, kind, digest, size = head.decode().split()
        if kind == "blob" and mode != "120000":  # a link's content is a path
            objects[os.fsdecode(name)] = digest
            sizes_bytes[os.fsdecode(name)] = int(size)
    return _Revision(folder, objects, sizes_bytes)


def _git(folder: str, *arguments: str) -> bytes:
    options = [word for setting in _SAFE for word in ("-c", setting)]
    program = shutil.which("git")
    if program is None or not Path(program).is_absolute():  # one of the folder itself is not git
        raise ConfigurationError(f"{_OPTION} needs git, which is not installed")
    try:
        done = subprocess.run(
            [program, *options, *arguments],
            cwd=folder,
            env=os.environ | _OFFLINE,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_GIT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ConfigurationError(f"{_OPTION}: git does not answer: {error}") from error
    if done.returncode:
        told = done.stderr.decode(errors="replace").strip().splitlines() or ["it does not say why"]
        raise ConfigurationError(f"{_OPTION}: git in {folder}: {told[-1]}")
    return done.stdout

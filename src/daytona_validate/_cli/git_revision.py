"""What git has of a course at a revision.

The repository may be a stranger's: git only reads objects here. It compares no working files, so
that no filter, hook or monitor of the repository's configuration is run, and fetches nothing.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from daytona_validate._cli.changed_argument import DEFAULT, OPTION
from daytona_validate._errors import ConfigurationError
from daytona_validate._regular_file import open_regular

_GIT_S = 60.0
_SHA1_DIGITS = 40
_CHUNK_BYTES = 1024 * 1024
_LINK = "120000"
_SAFE = ("core.fsmonitor=", "core.hooksPath=/dev/null", "core.sshCommand=false")
_OFFLINE = {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none", "GIT_TERMINAL_PROMPT": "0"}
_ANOTHER = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR"})
"""Variables that name a repository, as hooks have them: asked is the one that a page lies in."""
_SHALLOW = (
    "; the clone is shallow: `git fetch --unshallow` gets the rest, as does `fetch-depth: 0` for "
    "GitHub's actions/checkout"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """Tree of a repository at one revision."""

    folder: str
    """The top of the working tree, all links followed."""
    objects: dict[str, str]
    """The object of each file, by its path in the tree."""
    sizes_bytes: dict[str, int]
    """Of the files, by the same."""
    links: dict[str, str]
    """The object of each symbolic link, by the same: its content is a path."""

    def path(self, name: str) -> str:
        """Return where a file of the tree is."""
        return os.path.join(self.folder, name)  # noqa: PTH118 - bytes that are no text

    def name(self, path: str) -> str:
        """Return the path in the tree of a file of the working tree."""
        return os.path.relpath(path, self.folder)

    def content(self, name: str) -> bytes:
        """Return the content that a file of the tree has there."""
        return _git(self.folder, "cat-file", "blob", self.objects[name])

    def has_as_it_is(self, path: str) -> bool:
        """Return whether a file is as the tree has it; so is one that is in neither."""
        name = self.name(path)
        if os.path.islink(path):  # noqa: PTH114 - of any bytes
            there = self.links.get(name, "")
            is_same = blob_name(os.fsencode(os.readlink(path)), like=there) == there  # noqa: PTH115 - as above
            real = os.path.realpath(path)
            return is_same and not os.path.islink(real) and self.has_as_it_is(real)  # noqa: PTH114 - as above
        if name in self.links:
            return False
        return file_name(path, like=self.objects.get(name, "")) == self.objects.get(name)


def revision_of(reference: str, folder: str) -> Revision:
    """Return the tree of the repository in a folder.

    Raises:
        ConfigurationError: There is no git or no such revision; the caller's fault.
    """
    commit = _commit(reference, folder)
    rows = _git(folder, "ls-tree", "-r", "-l", "-z", "--full-tree", commit).split(b"\0")
    objects: dict[str, str] = {}
    sizes_bytes: dict[str, int] = {}
    links: dict[str, str] = {}
    for row in filter(None, rows):
        head, _, name = row.partition(b"\t")
        mode, kind, digest, size = head.decode().split()
        if kind == "blob" and mode == _LINK:
            links[os.fsdecode(name)] = digest
        elif kind == "blob":
            objects[os.fsdecode(name)] = digest
            sizes_bytes[os.fsdecode(name)] = int(size)
    return Revision(folder=folder, objects=objects, sizes_bytes=sizes_bytes, links=links)


def top_of(folder: str) -> str:
    """Return the top of the working tree that a folder is in, all links followed.

    Raises:
        ConfigurationError: It is in none; the caller's fault.
    """
    top = _git(folder, "rev-parse", "--show-toplevel").removesuffix(b"\n")
    return os.path.realpath(os.fsdecode(top))


def file_name(path: str, *, like: str) -> str | None:
    """Return the name that git has for a file's content; None: it is no file any more.

    Args:
        path: Of the file.
        like: A name of the repository's, which tells its kind.
    """
    found = _hash(like)
    try:
        with open_regular(path) as stream:
            found.update(b"blob %d\0" % os.fstat(stream.fileno()).st_size)
            while chunk := stream.read(_CHUNK_BYTES):
                found.update(chunk)
    except OSError:
        return None
    return found.hexdigest()


def blob_name(content: bytes, *, like: str) -> str:
    """Return the name that git has for some content; `like` as in `file_name`."""
    found = _hash(like)
    found.update(b"blob %d\0%b" % (len(content), content))
    return found.hexdigest()


def _hash(like: str) -> hashlib._Hash:
    new = hashlib.sha1 if len(like) == _SHA1_DIGITS else hashlib.sha256
    return new(usedforsecurity=False)


def _commit(reference: str, folder: str) -> str:
    wanted = f"{reference}^{{commit}}"
    done = _ran(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", wanted)
    if done.returncode == 0:
        return done.stdout.strip().decode()
    is_shallow = _ran(folder, "rev-parse", "--is-shallow-repository").stdout.strip() == b"true"
    hint = _SHALLOW if is_shallow else ""
    if os.path.lexists(reference):
        hint = f"; it is a path: write {OPTION}={DEFAULT} before it"
    raise ConfigurationError(f"{OPTION}: git in {folder} has no revision {reference!r}{hint}")


def _git(folder: str, *arguments: str) -> bytes:
    done = _ran(folder, *arguments)
    if done.returncode:
        told = done.stderr.decode(errors="replace").strip().splitlines() or ["it does not say why"]
        raise ConfigurationError(f"{OPTION}: git in {folder}: {told[-1]}")
    return done.stdout


def _ran(folder: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    options = [word for setting in _SAFE for word in ("-c", setting)]
    program = shutil.which("git")
    if program is None or not Path(program).is_absolute():  # one of the folder itself is not git
        raise ConfigurationError(f"{OPTION} needs git, which is not installed")
    try:
        return subprocess.run(
            [program, *options, *arguments],
            cwd=folder,
            env={k: v for k, v in os.environ.items() if k not in _ANOTHER} | _OFFLINE,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_GIT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ConfigurationError(f"{OPTION}: git does not answer: {error}") from error

"""Python at a place that says nothing of its owner, where its own lies in somebody's folder.

A path below a home folder stands in each traceback into the library, and so in reports. Programs,
libraries and compiled modules name it in full as well: for one, where the loader finds libpython.
In the copy the new path stands there instead, made as long as the old one by `/.`, so that nothing
else of a file moves. Its last name stays: linkers have texts share their ends, and what is the end
of `/home/ann/.pyenv/versions/3.11.7` is the version as well.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

PLACE = "/opt/py"
_SAY_NOTHING = ("/usr", "/opt", "/bin")
"""Below these, paths are named by distributions and administrators."""
_OF_HOMES = ("", "/home", "/var/home")
_TEXT = "_sysconfigdata"
"""The build's variables, a module; there a path need not keep its length."""


@dataclass(frozen=True, slots=True)
class MovedPrefix:
    """A prefix of the host's, seen elsewhere in jails."""

    old: str
    new: str

    def path(self, path: str) -> str:
        """Return where a jail sees a path of the host."""
        is_inside = path == self.old or path.startswith(f"{self.old}/")
        return self.new + path.removeprefix(self.old) if is_inside else path

    def fact(self, value: object) -> object:
        """Return what a jail reports where the host's interpreter reported a value."""
        if isinstance(value, str):
            return self.path(value)
        return [self.fact(each) for each in value] if isinstance(value, list) else value

    def content(self, name: str, content: bytes) -> bytes:
        """Return what a file of this name and content has in jails."""
        if self.old.encode() not in content:
            return content
        new = self.new if _is_text(name) else _as_long(self.new, self.old)
        # And not another folder whose name begins as this one's does.
        whole = re.compile(re.escape(self.old.encode()) + rb"(?![\w.+-])")
        return whole.sub(new.encode(), content)


def neutral(prefix: str) -> MovedPrefix | None:
    """Return how a prefix is moved to where it says nothing of its owner.

    Returns:
        None if it says nothing anyway, or cannot be moved: its last name tells, as that of a home
        folder, or it is too short to hold the new path.
    """
    parent, _, name = prefix.rpartition("/")
    new = f"{PLACE}/{name}"
    if not tells_of_its_owner(prefix) or parent in _OF_HOMES or len(new) > len(prefix):
        return None
    return MovedPrefix(prefix, new)


def tells_of_its_owner(path: str) -> bool:
    """Whether a path of the host may name a person or a project."""
    return not any(path == each or path.startswith(f"{each}/") for each in _SAY_NOTHING)


def settle(folder: Path, move: MovedPrefix) -> None:
    """Change the files of a copied prefix that name the old one.

    Args:
        folder: Of the copy.
        move: From where to where.

    Raises:
        OSError: It cannot be read or written.
    """
    for parent, _, names in os.walk(folder):
        for file in (Path(parent, name) for name in names):
            if file.is_symlink():
                continue
            content = file.read_bytes()
            changed = move.content(file.name, content)
            if changed != content:
                _replace(file, changed)


def _replace(file: Path, content: bytes) -> None:
    state = file.stat()
    file.unlink()
    file.write_bytes(content)
    file.chmod(state.st_mode)
    if not _is_text(file.name):  # of that the compiled form is outdated
        os.utime(file, ns=(state.st_mtime_ns, state.st_mtime_ns))


def _is_text(name: str) -> bool:
    return name.startswith(_TEXT) and name.endswith(".py")


def _as_long(path: str, other: str) -> str:
    """Return a path that leads to the same, and is as long as another: `/opt/py/././3.11.7`."""
    parent, _, name = path.rpartition("/")
    room = len(other) - len(path)
    return f"{parent}{'/.' * (room // 2)}{'/' * (room % 2)}/{name}"

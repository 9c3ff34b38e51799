"""Leaving root before bubblewrap is started, and seeing that it was left.

`subprocess` forks instead of vforking as soon as it is to change ids (CPython 3.11 to 3.14). That
copies the page tables of this process: the larger the application, the longer its loop stands
still. util-linux's `setpriv` changes them after a vfork, and starts nothing unless every change
was made. That is not taken on trust: it is tried out once before it is used, and whom a jail
runs as is looked at before anything is let into it.
"""

from __future__ import annotations

import os
import re
import stat
import subprocess
from collections.abc import Iterable
from pathlib import Path

PLACES = tuple(map(Path, ("/usr/bin/setpriv", "/bin/setpriv")))
"""Never PATH: it would choose a program that is started as root."""

_PROBE_S = 10.0
# With what every /bin/sh has built in.
_PROBE = ("/bin/sh", "-c", 'while read -r line; do echo "$line"; done </proc/self/status')
_NO_RIGHTS = ["0" * 16]


def dropping_argv(number: int, *, places: Iterable[Path] = PLACES) -> tuple[str, ...]:
    """Return what to put before a command of root's, so that it runs under another id.

    Args:
        number: Of the user and of the only group.
        places: Where setpriv may be.

    Returns:
        Nothing where no setpriv can be trusted, or it does not do all that is asked (busybox's
        does not): ids must then be changed in another way.
    """
    for place in filter(is_roots_own, places):
        argv = setpriv_argv(place, number)
        return argv if has_dropped(_status_behind(argv), number) else ()
    return ()


def setpriv_argv(setpriv: Path, number: int) -> tuple[str, ...]:
    """Return what lets setpriv take every right from the command that follows."""
    ids = (f"--reuid={number}", f"--regid={number}", "--clear-groups")
    # Privileges on bubblewrap's own file would only make more of it than is wanted.
    return (str(setpriv), *ids, "--no-new-privs")


def is_roots_own(program: Path) -> bool:
    """Return whether a program is there which nobody but root could have put or changed."""
    try:
        file = program.resolve(strict=True)
        return file.is_file() and all(
            only_root_writes(each.stat()) for each in (file, *file.parents)
        )
    except OSError:
        return False


def only_root_writes(found: os.stat_result) -> bool:
    """Return whether a file or folder belongs to root, and to nobody else who may write it."""
    return found.st_uid == 0 and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def has_dropped(status: str, number: int) -> bool:
    """Return whether a process has an id of its own, no right of root's, and can get none.

    Args:
        status: The text of its `/proc/…/status`.
        number: The id.
    """
    said = _fields(status)
    rights = [said.get(each) for each in ("CapPrm", "CapEff", "CapAmb")]
    is_bare = all(each == _NO_RIGHTS for each in rights) and said.get("NoNewPrivs") == ["1"]
    return is_bare and is_only(status, number)


def is_only(status: str, number: int) -> bool:
    """Return whether a process is one user and one group, in every respect, and not root."""
    said = _fields(status)
    ids = [said.get(each) for each in ("Uid", "Gid")]  # real, effective, saved, for files
    return number != 0 and ids == [[str(number)] * 4] * 2 and said.get("Groups") == []


def status_of(pid: int) -> str | None:
    """Return the text of a process's status; None: it is gone."""
    try:
        return Path(f"/proc/{pid}/status").read_text(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None


def _fields(status: str) -> dict[str, list[str]]:
    return {
        name: value.split() for name, value in re.findall(r"^(\w+):(.*)$", status, re.MULTILINE)
    }


def _status_behind(argv: tuple[str, ...]) -> str:
    try:
        asked = subprocess.run(
            [*argv, *_PROBE], env={}, cwd="/", capture_output=True, timeout=_PROBE_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return asked.stdout.decode("utf-8", "replace")

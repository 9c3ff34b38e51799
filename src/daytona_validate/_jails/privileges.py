"""Dropping root privileges before bubblewrap is started, and checking that they are gone.

`subprocess` forks instead of vforking as soon as it is to change ids (CPython 3.11 to 3.14). That
copies the page tables of this process: the larger the application, the longer its loop stands
still. So GNU `chroot` changes them after a vfork: to the root folder that is the root already,
and to another user and group. It starts nothing unless every change was made. That is not taken
on trust: it is tried out once before it is used, and whom a jail runs as is looked at before
anything is let into it.

util-linux's `setpriv` is made for this, and was rejected: it asks the system's directory of users
for the *name* 60923, for every jail, and a directory may be a server that does not answer.
"""

from __future__ import annotations

import os
import re
import stat
import subprocess
from collections.abc import Iterable
from pathlib import Path

PLACES = tuple(map(Path, ("/usr/sbin/chroot", "/usr/bin/chroot")))
"""Never PATH: it would choose a program that is started as root."""

_PROBE_S = 10.0
# With what every /bin/sh has built in.
_PROBE = ("/bin/sh", "-c", 'while read -r line; do echo "$line"; done </proc/self/status')
_NO_RIGHTS = ["0" * 16]


def dropping_argv(number: int, *, places: Iterable[Path] = PLACES) -> tuple[str, ...]:
    """Return what to put before a command of root's, so that it runs under another id.

    Args:
        number: Of the user and of the only group.
        places: Where chroot may be.

    Returns:
        Nothing where no chroot can be trusted, or it does not do all that is asked (busybox's
        does not): ids must then be changed in another way.
    """
    for place in filter(is_roots_own, places):
        argv = chroot_argv(place, number)
        return argv if has_dropped(_status_behind(argv), number) else ()
    return ()


def chroot_argv(chroot: Path, number: int) -> tuple[str, ...]:
    """Return what takes every right from the command that follows."""
    # The sign says that these are numbers: they are looked up nowhere.
    return (str(chroot), f"--userspec=+{number}:+{number}", "--groups=", "/")


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
    """Return whether a process has an id of its own, and no right of root's.

    Args:
        status: The text of its `/proc/…/status`.
        number: The id.
    """
    rights = [_fields(status).get(each) for each in ("CapPrm", "CapEff", "CapAmb")]
    return rights == [_NO_RIGHTS] * 3 and is_only(status, number)


def is_only(status: str, number: int) -> bool:
    """Return whether a process is one user and one group, in every respect, and not root."""
    said = _fields(status)
    ids = [said.get(each) for each in ("Uid", "Gid")]  # real, effective, saved, for files
    return number != 0 and ids == [[str(number)] * 4] * 2 and said.get("Groups") == []


def is_shut_in(status: str, user: int) -> bool:
    """Return whether a process is one user that can gain no right, under a filter of system calls.

    Args:
        status: The text of its `/proc/…/status`.
        user: The id.
    """
    said = _fields(status)
    kinds = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")
    has_no_rights = [said.get(each) for each in kinds] == [_NO_RIGHTS] * len(kinds)
    is_filtered = (said.get("NoNewPrivs"), said.get("Seccomp")) == (["1"], ["2"])
    return has_no_rights and is_filtered and said.get("Uid") == [str(user)] * 4


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

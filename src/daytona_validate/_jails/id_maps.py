"""Finding ids that nobody has, and mapping them into a jail's user namespace.

The kernel lets only root map other ids than one's own. Bubblewrap itself maps one, but it can wait
until root has written the map of the namespace that it made. A plain user has the ranges that root
has lent him in /etc/subuid and /etc/subgid, which the set-uid programs of the package `uidmap` map.
"""

from __future__ import annotations

import errno
import grp
import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Collection, Iterable
from pathlib import Path

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.host_text import text_of
from daytona_validate._jails.own_ids import COUNT, OwnIds
from daytona_validate._jails.privileges import status_of
from daytona_validate._reason import Reason

STARTS = range(1_900_000_000, 1_960_000_000, 10_000_000)
"""Where ranges may begin: above those that systemd gives to containers, which end at 1879048191."""
FILES = (Path("/etc/subuid"), Path("/etc/subgid"))
HELPERS = ("newuidmap", "newgidmap")
"""Of which the first maps users, the second groups."""
HELPER_S = 5.0
"""For one of them, which takes 2 ms, or asks a directory of users that is a server."""

_LINE = re.compile(r"^([^:\n]+):(\d+):(\d+)$", re.MULTILINE)


def free_ids(taken: Iterable[range]) -> OwnIds | None:
    """Return the first range of which nothing is taken."""
    all_taken = tuple(taken)
    for start in STARTS:
        if not any(each.start < start + COUNT and start < each.stop for each in all_taken):
            return OwnIds(start)
    return None


def ids_here(*, files: tuple[Path, Path] = FILES) -> OwnIds | None:
    """Return ids that the caller may give to a jail; it reads files.

    Root's are such as nobody has; a plain user's, those lent to him.

    Args:
        files: Say which ids of users and of groups are lent to whom.
    """
    if os.geteuid() != 0:
        return subordinate_ids(files=files)
    named = {each.pw_uid for each in pwd.getpwall()} | {each.gr_gid for each in grp.getgrall()}
    lent = (each for path in files for _, each in lent_ranges(text_of(path)))
    return free_ids((*(range(each, each + 1) for each in named), *lent))


def give_ids(ids: OwnIds, *, pid: int) -> None:
    """Write the maps of the user namespace that a process has just made, whose root it becomes.

    Raises:
        SandboxUnavailable: The kernel refuses them, or the process is the host's root.
    """
    try:
        root = _user_of(pid)
        for name in ("uid_map", "gid_map"):
            # Unbuffered, and in one piece, as the kernel takes no second.
            with open(f"/proc/{pid}/{name}", "wb", buffering=0) as file:  # noqa: PTH123 - as above
                file.write(ids.map_for(root).encode())
    except OSError as error:
        raise SandboxUnavailable(
            f"A sandbox could not get ids of its own: {error}.", reason=Reason.NO_ISOLATION
        ) from error


def _user_of(pid: int) -> int:
    user, *others = set(re.findall(r"\d+", _line("Uid", pid) + _line("Gid", pid)))
    if others or user == "0":
        raise PermissionError(
            errno.EPERM, "the process of the sandbox runs as root, or as several users"
        )
    return int(user)


def _line(name: str, pid: int) -> str:
    found = re.search(rf"^{name}:(.*)$", status_of(pid) or "", re.MULTILINE)
    return found[1] if found else " 0"


def subordinate_ids(*, files: tuple[Path, Path] = FILES) -> OwnIds | None:
    """Return ids that were lent to the caller, a plain user, if he can have them mapped.

    Reads files; the helpers may yet refuse.
    """
    if not all(map(shutil.which, HELPERS)):
        return None
    try:
        user = pwd.getpwuid(os.geteuid())
    except KeyError:
        return None
    users, groups = (lent_ranges(text_of(each)) for each in files)
    return lent_to({user.pw_name, str(user.pw_uid)}, users, groups)


def lent_ranges(text: str) -> list[tuple[str, range]]:
    """Return to whom a file of subordinate ids lends which."""
    return [
        (whom, range(int(first), int(first) + int(count)))
        for whom, first, count in _LINE.findall(text)
    ]


def lent_to(
    names: Collection[str],
    users: Collection[tuple[str, range]],
    groups: Collection[tuple[str, range]],
) -> OwnIds | None:
    """Return ids that are lent to somebody both as users and as groups, as many as a jail has.

    Args:
        names: Of whom it is: name, and number.
        users: Name to range.
        groups: The same.
    """
    mine, ours = ([each for whom, each in lent if whom in names] for lent in (users, groups))
    for user in mine:
        for group in ours:
            first = max(user.start, group.start)
            if min(user.stop, group.stop) - first >= COUNT:
                return OwnIds(first)
    return None


def map_by_helpers(ids: OwnIds, *, pid: int, longest_s: float = HELPER_S) -> None:
    """Have the maps written of the user namespace that a process of the caller's has just made.

    Args:
        ids: Lent to the caller.
        pid: Of the process.
        longest_s: How long each helper may take.

    Raises:
        SandboxUnavailable: The helpers, or the kernel, refuse them.
    """
    for helper, own in zip(HELPERS, (os.geteuid(), os.getegid()), strict=True):
        _run([helper, str(pid), *ids.map_for(own).split()], longest_s)


def _run(argv: list[str], longest_s: float) -> None:
    try:
        program = shutil.which(argv[0])
        if program is None:  # the system would look for it elsewhere
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), argv[0])
        done = subprocess.run(
            [program, *argv[1:]],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env={},
            cwd="/",
            timeout=longest_s,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SandboxUnavailable(
            f"A sandbox could not get ids of its own: {error}.", reason=Reason.NO_ISOLATION
        ) from error
    if done.returncode != 0:
        why = done.stderr.decode("utf-8", "replace").strip() or f"{argv[0]} failed"
        raise SandboxUnavailable(
            f"A sandbox could not get ids of its own: {why}", reason=Reason.NO_ISOLATION
        )

"""The subordinate ids of a plain user: which they are, and having them mapped.

The kernel lets only root map other ids than one's own. For the ranges that root has lent in
/etc/subuid and /etc/subgid, the set-uid programs of the package `uidmap` do it.
"""

from __future__ import annotations

import errno
import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Collection
from pathlib import Path

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.own_ids import COUNT, OwnIds

FILES = (Path("/etc/subuid"), Path("/etc/subgid"))
HELPERS = ("newuidmap", "newgidmap")
"""Of which the first maps users, the second groups."""
HELPER_S = 5.0
"""For one of them, which takes 2 ms, or asks a directory of users that is a server."""

_LINE = re.compile(r"^([^:\n]+):(\d+):(\d+)$", re.MULTILINE)


def subordinate_ids() -> OwnIds | None:
    """Return ids that were lent to the caller, a plain user, if he can have them mapped.

    Reads files; the helpers may yet refuse.
    """
    if not all(map(shutil.which, HELPERS)):
        return None
    try:
        user = pwd.getpwuid(os.geteuid())
    except KeyError:
        return None
    users, groups = (lent_ranges(text_of(each)) for each in FILES)
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


def map_by_helpers(ids: OwnIds, *, pid: int) -> None:
    """Have the maps written of the user namespace that a process of the caller's has just made.

    Raises:
        SandboxUnavailable: The helpers, or the kernel, refuse them.
    """
    for helper, own in zip(HELPERS, (os.geteuid(), os.getegid()), strict=True):
        _run([helper, str(pid), *ids.map_for(own).split()])


def text_of(path: Path) -> str:
    """Return the text of a file, or nothing if it cannot be read."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _run(argv: list[str]) -> None:
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
            timeout=HELPER_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SandboxUnavailable(f"A sandbox could not get ids of its own: {error}.") from error
    if done.returncode != 0:
        why = done.stderr.decode("utf-8", "replace").strip() or f"{argv[0]} failed"
        raise SandboxUnavailable(f"A sandbox could not get ids of its own: {why}")

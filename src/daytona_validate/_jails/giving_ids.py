"""Finding ids that nobody has, and giving them to a jail that is being made.

Bubblewrap itself maps one id; but it can wait until somebody who may has written the map of the
user namespace that it made: root.
"""

from __future__ import annotations

import errno
import grp
import os
import pwd
import re
from collections.abc import Iterable

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.own_ids import COUNT, OwnIds
from daytona_validate._jails.privileges import status_of
from daytona_validate._jails.subordinate_ids import (
    FILES,
    lent_ranges,
    subordinate_ids,
    text_of,
)

STARTS = range(1_900_000_000, 1_960_000_000, 10_000_000)
"""Where ranges may begin: above those that systemd gives to containers, which end at 1879048191."""


def free_ids(taken: Iterable[range]) -> OwnIds | None:
    """Return the first range of which nothing is taken."""
    all_taken = tuple(taken)
    for start in STARTS:
        if not any(each.start < start + COUNT and start < each.stop for each in all_taken):
            return OwnIds(start)
    return None


def ids_here() -> OwnIds | None:
    """Return ids that the caller may give to a jail; it reads files.

    Root's are such as nobody has; a plain user's, those lent to him.
    """
    if os.geteuid() != 0:
        return subordinate_ids()
    named = {each.pw_uid for each in pwd.getpwall()} | {each.gr_gid for each in grp.getgrall()}
    lent = (each for path in FILES for _, each in lent_ranges(text_of(path)))
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
        raise SandboxUnavailable(f"A sandbox could not get ids of its own: {error}.") from error


def _user_of(pid: int) -> int:
    user, *others = set(re.findall(r"\d+", _line("Uid", pid) + _line("Gid", pid)))
    if others or user == "0":
        raise PermissionError(errno.EPERM, "it is not one user who is not root")
    return int(user)


def _line(name: str, pid: int) -> str:
    found = re.search(rf"^{name}:(.*)$", status_of(pid) or "", re.MULTILINE)
    return found[1] if found else " 0"

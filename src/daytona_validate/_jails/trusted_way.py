"""Whether others could put another folder in the place of one of ours: who owns the way there.

As sshd looks at the way to a user's keys (StrictModes). Each folder on the way must be root's or
ours, and closed to the writing of others. Where they may write, as in /tmp, it must be sticky: what
is root's or ours can then be renamed by nobody else.

Two things are right that sshd refuses, as real machines have them. A group may write that is its
owner's alone: Debian's, with a umask of 002. And in a user namespace, as a container without root
has it, an owner may be shown as nobody: that is somebody of the host whom the namespace lacks.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

if sys.platform != "win32":
    import grp
    import pwd

_WHOLE_MAP = ["0", "0", "4294967295"]
_MOST_LINKS = 40
"""As many as the kernel follows."""


def distrusted_way(folder: Path, *, user: int, unmapped: int | None = None) -> str | None:
    """Return what others could change on the way to a folder, as the end of a sentence, or None.

    The folder itself is not looked at, nor what is not there yet.

    Args:
        folder: An absolute path.
        user: Who uses it; root and this user are trusted.
        unmapped: The id that stands for owners whom our user namespace lacks; None: it lacks none.

    Raises:
        OSError: Something on the way cannot be looked at.
    """
    for each in _way(folder):
        found = each.lstat()
        if found.st_uid not in (0, user, unmapped):
            return (
                f"lies below {each}, which belongs to the user {found.st_uid}, "
                "who could put another folder in its place"
            )
        if not stat.S_ISLNK(found.st_mode) and _is_open(each, found):
            return (
                f"lies below {each}, where others can write and could put another folder in its "
                f"place (chmod go-w {each}, or chmod +t {each} if they have to write there)"
            )
    return None


def unmapped_owner() -> int | None:
    """Return the id that the kernel shows for owners whom this user namespace lacks, if any."""
    with suppress(OSError):
        if Path("/proc/self/uid_map").read_text(encoding="ascii").split() != _WHOLE_MAP:
            return int(Path("/proc/sys/kernel/overflowuid").read_text(encoding="ascii"))
    return None


def _is_open(folder: Path, found: os.stat_result) -> bool:
    """Whether others than its owner can rename what lies in a folder."""
    mode = found.st_mode
    is_written = mode & stat.S_IWOTH or (
        mode & stat.S_IWGRP and (_has_list(folder) or not _has_own_group(found))
    )
    return bool(is_written) and not mode & stat.S_ISVTX


def _has_list(folder: Path) -> bool:
    """Whether a folder has a list of who may write (ACL): it is bounded by the group's rights."""
    if sys.platform != "linux":
        return False
    try:
        return "system.posix_acl_access" in os.listxattr(folder)
    except OSError:  # its file system has none
        return False


def _has_own_group(found: os.stat_result) -> bool:
    """Whether a folder's group is its owner's own, in which nobody else is."""
    try:
        group, owner = grp.getgrgid(found.st_gid), pwd.getpwuid(found.st_uid)
    except KeyError:
        return False
    is_named_so = (group.gr_name, group.gr_gid) == (owner.pw_name, owner.pw_gid)
    # Whose first group it is, is not listed as a member.
    first = {each.pw_name for each in pwd.getpwall() if each.pw_gid == group.gr_gid}
    return is_named_so and not first.union(group.gr_mem) - {owner.pw_name}


def _way(folder: Path) -> Iterator[Path]:
    """Yield every folder, and every link to one, that lead to a folder, from the root on."""
    here, left, links = Path("/"), list(folder.parts[1:]), 0
    yield here
    while left:
        there = here / left.pop(0)
        if there.is_symlink():
            yield there
            links += 1
            if links > _MOST_LINKS:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(there))
            target = there.readlink()
            left = [*(each for each in target.parts if each != "/"), *left]
            here = Path("/") if target.is_absolute() else here
        elif not left or not there.exists():
            return
        else:
            here = here.parent if there.name == ".." else there
            yield here

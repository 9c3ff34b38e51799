"""What a program in a jail learns from the place of the cache folder.

The kernel shows it in `/proc/self/mountinfo`: where each folder that a jail has lies in its file
system. A bind cannot hide that, and no place of the user's own says nothing and is safe: below
`/var/tmp` old files are removed, and reading them in jails does not make them younger, as their
mounts are read-only. So it is said, and whoever minds names a folder.
"""

from __future__ import annotations

import re
from pathlib import Path

from daytona_validate._jails.cache_folder import NAME

REMEDY = (
    'sudo install -d -o "$(id -un)" /var/cache/snippets, and DAYTONA_CACHE_DIR=/var/cache/snippets'
)


def told_by_path(folder: Path, *, home: Path | None, user: str | None) -> str | None:
    """Return what the path of a cache folder tells programs, with the remedy; None: nothing.

    Args:
        folder: The cache folder, links followed: that is what the kernel shows.
        home: The user's home folder, links followed; None: there is none.
        user: The user's name; None: there is none.
    """
    is_at_home = home is not None and home != Path("/") and folder.is_relative_to(home)
    is_named = user is not None and any(_names(part, user) for part in folder.parts)
    if not (is_at_home or is_named):
        return None
    what = "lies in your home folder" if is_at_home else "has your user name in it"
    return f"{folder} {what}, which programs can read in /proc/self/mountinfo; to hide it: {REMEDY}"


def _names(part: str, user: str) -> bool:
    """Whether a name is a word of one part of a path; our own name is everybody's."""
    word = rf"(?<![^\W_]){re.escape(user)}(?![^\W_])"
    return part != NAME and re.search(word, part) is not None

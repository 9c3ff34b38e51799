"""Copies in the cache that are made once, and made anew when something of them is gone.

What cleans up old files takes some of a copy and leaves the rest: a program that then misses a
command or a time zone would be blamed for it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.cache_folder import published
from daytona_validate._jails.folder_use import remove_unused
from daytona_validate._reason import Reason

COUNT = "count"
"""File of a copy that says how much it has; written last, and itself not counted."""


def whole_copy(
    folder: Path,
    build: Callable[[Path], None],
    *,
    has_changed: Callable[[Path], bool] = lambda _: False,
) -> Path:
    """Return a copy of which nothing is gone; build it if it is not there, or is not whole.

    Args:
        folder: Its place in the cache.
        build: Fills the empty folder it is given.
        has_changed: Whether a copy is to be made anew though nothing of it is gone.

    Raises:
        SandboxUnavailable: It is not whole, and is in use: it cannot be made anew yet.
        OSError: Something could not be read or written.
    """
    is_to_go = folder.is_dir() and (not _is_whole(folder) or has_changed(folder))
    if is_to_go and not remove_unused(folder):
        raise SandboxUnavailable(
            f"{folder} has been changed, and cannot be made anew while programs use it. "
            "Try again once they have ended.",
            reason=Reason.HOST_FAILED,
            retryable=True,
        )

    def build_and_count(aside: Path) -> None:
        build(aside)
        count = aside / COUNT
        count.write_text(f"{_entries(aside)}\n")
        count.chmod(0o444)

    return published(folder, build_and_count)


def _is_whole(folder: Path) -> bool:
    with suppress(OSError, ValueError):
        return int((folder / COUNT).read_text()) == _entries(folder) - 1
    return False


def _entries(folder: Path) -> int:
    """Count files, links and folders; their sizes would cost three times as much to look at."""
    total, waiting = 0, [str(folder)]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for each in entries:
                total += 1
                if each.is_dir(follow_symlinks=False):
                    waiting.append(each.path)
    return total

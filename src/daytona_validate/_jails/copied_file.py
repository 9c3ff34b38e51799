"""Copying a file of the host so that its blocks are shared where the file system can."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import BinaryIO


def copied_file(source: str, target: str) -> None:
    """Copy a file's content and time; everybody may read the copy, and nobody write it.

    It is never a link: a link is the host's own file, and tells who watches it what the host does.

    Raises:
        OSError: It cannot be read or written, or the target is there already.
    """
    with Path(source).open("rb") as old, Path(target).open("xb") as new:
        state = os.fstat(old.fileno())
        if not _is_copied_by_the_kernel(old, new, state.st_size):
            old.seek(0)
            new.seek(0)
            new.truncate()
            shutil.copyfileobj(old, new)
            new.flush()
        os.fchmod(new.fileno(), 0o444 | (state.st_mode & 0o111))
        os.utime(new.fileno(), ns=(state.st_mtime_ns, state.st_mtime_ns))


def _is_copied_by_the_kernel(old: BinaryIO, new: BinaryIO, size_bytes: int) -> bool:
    """Copy within the kernel, which shares blocks on Btrfs, XFS and the like."""
    left = size_bytes
    try:
        while left > 0:
            copied = os.copy_file_range(old.fileno(), new.fileno(), left)
            if copied == 0:
                return False  # as some file systems say where they cannot
            left -= copied
    except OSError:  # between two file systems, in an old kernel, or forbidden
        return False
    return True

"""Copying a file of the host so that its blocks are shared where the file system can."""

from __future__ import annotations

import os

_CHUNK_BYTES = 1024 * 1024


def copied_file(source: str, target: str) -> None:
    """Copy a file's content and time; everybody may read the copy, and nobody write it.

    It is never a link: a link is the host's own file, and tells who watches it what the host does.
    There are thousands to copy before a first program runs: so there is no call too many.

    Raises:
        OSError: It cannot be read or written, or the target is there already.
    """
    old = os.open(source, os.O_RDONLY | os.O_CLOEXEC)
    try:
        state = os.fstat(old)
        executable = state.st_mode & 0o111
        new = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            if not _is_copied_by_the_kernel(old, new, state.st_size):
                _copy_chunks(old, new)
            os.fchmod(new, 0o444 | executable)
            os.utime(new, ns=(state.st_mtime_ns, state.st_mtime_ns))
        finally:
            os.close(new)
    finally:
        os.close(old)


def _is_copied_by_the_kernel(old: int, new: int, size_bytes: int) -> bool:
    """Copy within the kernel, which shares blocks on Btrfs, XFS and the like."""
    left = size_bytes
    try:
        while left > 0:
            copied = os.copy_file_range(old, new, left)
            if copied == 0:
                return False  # as some file systems say where they cannot
            left -= copied
    except OSError:  # between two file systems, in an old kernel, or forbidden
        return False
    return True


def _copy_chunks(old: int, new: int) -> None:
    os.lseek(old, 0, os.SEEK_SET)
    os.lseek(new, 0, os.SEEK_SET)
    os.ftruncate(new, 0)
    while chunk := os.read(old, _CHUNK_BYTES):
        while chunk:
            chunk = chunk[os.write(new, chunk) :]

"""Safe opening of files that others may have made: plain files only, none outside a folder.

Whoever made a folder can put links, pipes and devices into it. A link may lead to a file of the
user's, which must not be read as if it belonged to the folder; a pipe without a writer holds its
reader for ever. What was seen when the folder was listed may be another thing when it is opened,
so it is looked at again, on the open file.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from contextlib import closing
from pathlib import Path, PurePath
from typing import BinaryIO

from daytona_validate._open_folder import OpenFolder
from daytona_validate._systems import open_flags

_READ = os.O_RDONLY | open_flags("O_NOCTTY", "O_NONBLOCK")
_HANDED_OVER = re.compile(r"/dev/(?:stdin|null|fd/\d+)|/proc/self/fd/\d+")


def is_inside(path: str, folder: str) -> bool:
    """Return whether a path lies in a folder once all links are followed, or is the folder."""
    return PurePath(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def open_regular(path: str) -> BinaryIO:
    """Open a plain file to read it, also through links.

    Raises:
        OSError: It cannot be opened, or is no plain file.
    """
    return _checked(os.open(path, _READ), path)


def open_inside(path: str, folder: str) -> BinaryIO:
    """Open a plain file to read it, also through links, but only if it lies in a folder.

    The links are followed by us, and then none is: one that is put there meanwhile is refused.

    Raises:
        OSError: It cannot be opened, is no plain file, or lies outside.
    """
    root = os.path.realpath(folder)
    real = os.path.realpath(path)
    if real == root or not PurePath(real).is_relative_to(root):
        raise OSError(errno.EXDEV, "the link leads out of the folder", path)
    *folders, name = PurePath(real).relative_to(root).parts
    with closing(OpenFolder(root, folders)) as holder:
        return open_in(holder, name, path)


def open_in(holder: OpenFolder, name: str, path: str) -> BinaryIO:
    """Open a plain file of an open folder to read it, not through a link.

    Args:
        holder: The folder.
        name: Of the file in it.
        path: Of the file, for errors.

    Raises:
        OSError: It cannot be opened, is no plain file, or is a link.
    """
    return _checked(holder.open(name, _READ), path)


def read_regular(path: Path, *, at_most_bytes: int, inside: Path | None = None) -> bytes:
    """Return the content of a small plain file.

    Args:
        path: Of the file.
        at_most_bytes: Its size.
        inside: The folder that it must not lead out of; None: anywhere.

    Raises:
        OSError: It cannot be read, is no plain file, lies outside, or is larger.
    """
    opened = open_regular(str(path)) if inside is None else open_inside(str(path), str(inside))
    with opened as stream:
        return _all_of(stream, str(path), at_most_bytes)


def is_handed_over(path: str) -> bool:
    """Return whether a path names an open stream, as `/dev/stdin` and a shell's `<(…)` do."""
    return _HANDED_OVER.fullmatch(path) is not None


def read_named(path: str, *, at_most_bytes: int) -> bytes:
    """Return the content of a plain file, or of a stream handed over such as `/dev/stdin`.

    Args:
        path: Of a file that the user named; so it may lead anywhere.
        at_most_bytes: Its size; no more is read of an endless stream.

    Raises:
        OSError: It cannot be read, is a pipe or a device of the file system's, or is larger.
    """
    with Path(path).open("rb") if is_handed_over(path) else open_regular(path) as stream:
        return _all_of(stream, path, at_most_bytes)


def _all_of(stream: BinaryIO, path: str, at_most_bytes: int) -> bytes:
    content = stream.read(at_most_bytes + 1)
    if len(content) > at_most_bytes:
        raise OSError(errno.EFBIG, f"the file is larger than {at_most_bytes} bytes", path)
    return content


def _checked(descriptor: int, path: str) -> BinaryIO:
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "the path is no plain file", path)
    return os.fdopen(descriptor, "rb")

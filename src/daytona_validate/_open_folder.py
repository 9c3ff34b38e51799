"""An open folder: files are opened, replaced and removed by name in it, through no link."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable

from daytona_validate._systems import open_flags

_THROUGH = open_flags("O_PATH", "O_DIRECTORY", "O_NOFOLLOW")
_MODE = 0o600
"""Of a file that is made."""
_CAN_HOLD = os.open in os.supports_dir_fd


class OpenFolder:
    """Directory handle, below a root; none of the folders on the way is a link.

    Where the system has no descriptors of folders (Windows), each call looks whether the path
    leads where it seems to: who can put links there in that moment is not kept out.

    Args:
        root: An absolute path.
        folders: The names of those below it, outermost first.

    Raises:
        OSError: One is not there, or is a link.
    """

    def __init__(self, root: str, folders: Iterable[str] = ()) -> None:
        names = tuple(folders)
        self._path = os.path.join(root, *names)  # noqa: PTH118 - as `os.open` takes it
        self._descriptor: int | None = None
        if not _CAN_HOLD:
            if not os.path.isdir(self._path):  # noqa: PTH112 - as above
                raise NotADirectoryError(errno.ENOTDIR, "there is no such folder", self._path)
            _refuse_link(self._path, os.path.join(os.path.realpath(root), *names))  # noqa: PTH118
            return
        self._descriptor = os.open(root, _THROUGH)
        try:
            for each in names:
                inner = os.open(each, _THROUGH, dir_fd=self._descriptor)
                os.close(self._descriptor)
                self._descriptor = inner
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close it; safe to call twice."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def open(self, name: str, flags: int) -> int:
        """Open a file in it, not through a link, and return its descriptor.

        Raises:
            OSError: It cannot be opened, or is a link.
        """
        flags |= open_flags("O_NOFOLLOW")
        if self._descriptor is not None:
            return os.open(name, flags, _MODE, dir_fd=self._descriptor)
        path = self._at(name)
        expected = os.path.join(os.path.realpath(self._path), name)  # noqa: PTH118 - as above
        _refuse_link(path, expected)  # or a file may be made where it leads
        descriptor = os.open(path, flags, _MODE)
        try:
            _refuse_link(path, expected)
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    def replace(self, name: str, by: str) -> None:
        """Put another of its files in a file's place, at once."""
        if self._descriptor is None:
            os.replace(self._at(by), self._at(name))  # noqa: PTH105 - as above
        else:
            os.replace(by, name, src_dir_fd=self._descriptor, dst_dir_fd=self._descriptor)

    def unlink(self, name: str) -> None:
        """Remove a file in it."""
        if self._descriptor is None:
            os.unlink(self._at(name))  # noqa: PTH108 - as above
        else:
            os.unlink(name, dir_fd=self._descriptor)

    def _at(self, name: str) -> str:
        return os.path.join(self._path, name)  # noqa: PTH118 - as above


def _refuse_link(path: str, expected: str) -> None:
    if os.path.normcase(os.path.realpath(path)) != os.path.normcase(expected):
        raise OSError(errno.ELOOP, "it is a link, or behind one", path)

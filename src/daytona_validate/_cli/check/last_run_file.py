"""The file that keeps the last run of some paths, in a folder of the user's own.

It is a convenience: where it cannot be read or written, nothing is known, and no run fails.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from daytona_validate._core.last_run import LastRun, last_run_of, last_run_text
from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.cache_folder import private_folder
from daytona_validate._regular_file import read_regular

FOLDER = "last-runs"
"""In the cache folder."""
MOST_FILES = 500
_LARGEST_BYTES = 16 * 1024 * 1024


class LastRunFile:
    """File of the last run, one for each set of paths.

    Args:
        paths: The files and folders that are checked.
        cache_dir: The cache folder; None: the user's own.
    """

    def __init__(self, paths: tuple[str, ...], *, cache_dir: Path | None) -> None:
        real = sorted({_real(path) for path in paths})
        name = hashlib.sha256("\0".join(real).encode(errors="surrogateescape")).hexdigest()
        self._name = f"{name[:32]}.json"
        self._cache_dir = cache_dir

    def read(self) -> LastRun | None:
        """Return the last run; None if it is not known."""
        try:
            content = read_regular(
                self._folder() / self._name, at_most_bytes=_LARGEST_BYTES, inside=self._folder()
            )
            return last_run_of(content.decode())
        except (OSError, UnicodeDecodeError, SandboxUnavailable):
            return None

    def write(self, run: LastRun) -> bool:
        """Keep a run instead of the last one, and return whether that was possible."""
        text = last_run_text(run)
        try:
            folder = self._folder()
            path = folder / self._name
            if text is None:
                path.unlink(missing_ok=True)
                return False
            _replace(path, text)
            _remove_oldest(folder)
        except (OSError, SandboxUnavailable):
            return False
        return True

    def _folder(self) -> Path:
        return private_folder(FOLDER, self._cache_dir)


def _replace(path: Path, text: str) -> None:
    """Write a file, whole or not at all; only its owner may read it."""
    descriptor, written = tempfile.mkstemp(prefix=".", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        Path(written).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(written).unlink()
        raise


def _remove_oldest(folder: Path) -> None:
    """Remove the files above the most that are kept, also what a killed process left."""
    files = sorted(folder.iterdir(), key=lambda each: each.lstat().st_mtime)
    for each in files[:-MOST_FILES]:
        each.unlink(missing_ok=True)


def _real(path: str) -> str:
    """Return where a path leads; the path itself where the working folder is gone."""
    try:
        return os.path.realpath(path)
    except FileNotFoundError:
        return path

"""What a prepared toolchain is known by: the content of what it is made from.

Not its place, nor its time stamps: so what is prepared outlives a reinstallation, and serves every
virtual environment and every clone of a project on this host.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from io import FileIO
from pathlib import Path

_BETWEEN = b"\0"
END_BYTES = 2 * 1024 * 1024
_PIECE_BYTES = 64 * 1024
"""Read at once: of larger ones, glibc keeps the memory for each thread that ever had one."""


def digest(*contents: bytes) -> str:
    """Return 64 bits that tell contents from others, as 16 digits."""
    return _shortened(hashlib.sha256(_BETWEEN.join(contents)).hexdigest())


def _shortened(hexdigest: str) -> str:
    return hexdigest[:16]


def content_key(
    file: Path, *, end_bytes: int = END_BYTES, **more: str | int
) -> dict[str, str | int]:
    """Return a key made of a file's content, and of what else matters.

    Of a file over 4 MiB only its size, its first and its last 2 MiB are read: there stand the
    headers and tables that change with any other build. Every process does it, in 3 ms; all of
    Node's 126 MB took 130.

    Args:
        file: What is executed, or holds most of the toolchain.
        end_bytes: How much is read at each end.
        more: By name.

    Raises:
        OSError: It cannot be read.
    """
    hashed = hashlib.sha256()
    with file.open("rb", buffering=0) as opened:
        size_bytes = os.fstat(opened.fileno()).st_size
        for piece in _pieces(opened, end_bytes):
            hashed.update(piece)
        hashed.update(_BETWEEN)
        opened.seek(max(end_bytes, size_bytes - end_bytes))
        for piece in _pieces(opened, size_bytes):
            hashed.update(piece)
    return {"size_bytes": size_bytes, "content": _shortened(hashed.hexdigest()), **more}


def _pieces(opened: FileIO, most_bytes: int) -> Iterator[bytes]:
    """Yield what comes next of a file, in small pieces."""
    left = most_bytes
    while left > 0 and (piece := opened.read(min(left, _PIECE_BYTES))):
        left -= len(piece)
        yield piece


def listing_digest(folder: Path) -> str:
    """Return what changes with the names and sizes of a folder's files, compiled ones left out."""
    lines = (f"{path.relative_to(folder)} {path.lstat().st_size}" for path in _files(folder))
    return digest("\n".join(sorted(lines)).encode())


def _files(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = [each for each in folders if each != "__pycache__"]
        yield from (Path(parent, name) for name in names)

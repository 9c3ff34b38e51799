"""Small text files of the host's that may not be there, such as those of `/proc`."""

from __future__ import annotations

import os
from pathlib import Path

_CHUNK_BYTES = 65_536


def text_of(path: Path | str) -> str:
    """Return the text of a file, or nothing if it cannot be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return ""
    try:  # without Python's layers of buffers and text, which take longer than the kernel does
        chunks = iter(lambda: os.read(descriptor, _CHUNK_BYTES), b"")
        return b"".join(chunks).decode("utf-8", "replace")
    except OSError:
        return ""
    finally:
        os.close(descriptor)

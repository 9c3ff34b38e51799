"""Small text files of the host's that may not be there, such as those of `/proc`."""

from __future__ import annotations

from pathlib import Path


def text_of(path: Path) -> str:
    """Return the text of a file, or nothing if it cannot be read."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""

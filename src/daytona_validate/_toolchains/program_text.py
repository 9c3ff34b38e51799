"""The texts of the small programs that we run inside a jail, and on the host to compare."""

from __future__ import annotations

from pathlib import Path


def program_text(module: str, file_name: str) -> str:
    """Return the text of a file that stands beside a module, given as its `__file__`."""
    return Path(module).with_name(file_name).read_text(encoding="utf-8")

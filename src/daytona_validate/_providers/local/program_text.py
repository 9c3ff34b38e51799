"""The texts of the small programs that we run inside a jail, and on the host to compare."""

from __future__ import annotations

from importlib import resources


def program_text(file_name: str) -> str:
    """Return the text of a file that stands beside this module."""
    package = resources.files("daytona_validate._providers.local")
    return (package / file_name).read_text(encoding="utf-8")

"""The program of a jail's first process, as it stands in bubblewrap's command line."""

from __future__ import annotations

from pathlib import Path
from typing import Final


def _sent() -> str:
    """Return `first_process.sh` without comments, blank lines and indentation."""
    source = Path(__file__).with_name("first_process.sh").read_text("ascii")
    lines = (line.strip() for line in source.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("#"))


FIRST_PROCESS: Final = _sent()
"""Read once, with the module: a jail's start reads no file of ours."""

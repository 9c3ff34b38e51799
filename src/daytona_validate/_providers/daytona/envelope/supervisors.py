"""The two supervisors, as they are sent along with every run."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def supervisor(name: str) -> str:
    """Return the text of a supervisor; it is read once, and files are read in the loop else.

    Comments and indentation are left out: a shell reads a script byte by byte, which takes bash
    0.75 s for a MB.
    """
    lines = Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()
    sent = (line.lstrip() for line in lines)
    return "".join(f"{line}\n" for line in sent if line and not line.startswith("#"))

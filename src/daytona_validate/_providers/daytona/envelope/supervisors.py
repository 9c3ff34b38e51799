"""The two supervisors, as they are sent along with every run."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).with_name("supervisor")
_PERL = ("kernel", "words", "input", "machine", "program", "output", "processes", "parts")
"""In the order in which perl reads them: names before their use, the last one starts it all."""


@cache
def perl_supervisor() -> str:
    """Return the supervisor for images with perl; its files are read once."""
    return "".join(_sent(f"{name}.pl") for name in _PERL)


@cache
def plain_supervisor() -> str:
    """Return the shell functions that supervise elsewhere; their file is read once."""
    return _sent("plain.sh")


def _sent(name: str) -> str:
    """Return a file without comments and indentation.

    Bash reads a script from a pipe byte by byte, 0.75 s for a MB.
    """
    lines = (line.lstrip() for line in (_FOLDER / name).read_text(encoding="utf-8").splitlines())
    return "".join(f"{line}\n" for line in lines if line and not line.startswith("#"))

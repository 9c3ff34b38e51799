"""The two supervisors, as they are sent along with every run."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_FOLDER = Path(__file__).with_name("supervisor")
_PERL = (
    "kernel",
    "words",
    "input",
    "machine",
    "program",
    "network",
    "connections",
    "output",
    "processes",
    "starvation",
    "parts",
)
"""In the order in which perl reads them: names before their use, the last one starts it all."""
_PLAIN = ("words", "machine", "processes", "starvation", "program", "input", "parts")


def _sent(name: str) -> str:
    """Return a file without comments and indentation.

    Bash reads a script from a pipe byte by byte, 0.75 s for a MB.
    """
    lines = (line.lstrip() for line in (_FOLDER / name).read_text(encoding="utf-8").splitlines())
    return "".join(f"{line}\n" for line in lines if line and not line.startswith("#"))


# Read with the module, as files would else be read in somebody's event loop.
PERL_SUPERVISOR: Final = "".join(_sent(f"{name}.pl") for name in _PERL)
"""For images with perl: a program that reads on descriptor 3 what to run."""
PLAIN_SUPERVISOR: Final = "".join(_sent(f"plain_{name}.sh") for name in _PLAIN)
"""For other images: functions of a shell."""

"""What an image needs beside the image it starts from: the form of one toolchain's recipe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

BIN = "/usr/local/bin"
"""First on a program's PATH, as in the sandboxes on this machine."""
PATH = f"{BIN}:/usr/bin:/bin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A folder that the toolchain makes itself while the image is built."""

    command: str
    """Writes the folder's content to stdout, as a tar archive; run in a folder of its own."""
    target: str
    files: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    """Name in the command's folder to content."""
    is_snippets: bool = False
    """Whether programs must own it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How the image of one toolchain is made from the image of its language."""

    files: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    """Absolute path to content, as the commands of the table of languages expect them."""
    commands: tuple[str, ...] = ()
    """Run by root after the files were written."""
    made: tuple[Made, ...] = ()
    """Each is made with those before it in place."""
    proof: str = ""
    """Does once what snippets do, as the user that they run as; the build fails with it."""
    runtime: str
    """Prints the version, as results are to have it."""
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    is_threaded: bool = False
    """Whether its programs start a thread for each core that they see: of the machine's cores,
    which may be many more than the sandbox's, and than a snippet may have threads."""

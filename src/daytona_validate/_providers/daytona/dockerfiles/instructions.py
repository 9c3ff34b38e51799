"""The few instructions that our Dockerfiles consist of, as text.

There is no build context, as Daytona takes one only through its object storage. So files are
written by RUN instructions that carry them in base64.
"""

from __future__ import annotations

import base64
import gzip
from collections.abc import Mapping, Sequence
from posixpath import dirname
from shlex import quote
from textwrap import wrap

MOST_RUN_BYTES = 100 * 1024
"""Of one RUN: it becomes one argument of a shell, of which Linux takes 128 KiB."""
_LINE = 96
"""Far below the 64 KiB that the builder takes in a line, and fit to be read in a log."""


def run(*commands: str) -> str:
    """Return one RUN instruction; each command is run if the one before it ended well."""
    return "RUN " + " && \\\n    ".join(commands)


def files(contents: Mapping[str, bytes]) -> str:
    """Return the RUN instruction that writes files, with their folders.

    Args:
        contents: Absolute path to content.
    """
    folders = sorted({dirname(path) for path in contents})
    return run(
        f"mkdir -p {' '.join(map(quote, folders))}",
        *(written(path, content) for path, content in contents.items()),
    )


def packed_file(path: str, content: bytes) -> str:
    """Return the RUN instruction that writes a long text: compressed, as requests have a limit."""
    packed = gzip.compress(content, mtime=0)
    return run(f"mkdir -p {quote(dirname(path))}", written(path, packed, by="base64 -d | gzip -d"))


def label(values: Mapping[str, str]) -> str:
    """Return a LABEL instruction; the values have no quotes, backslashes or dollar signs."""
    return "LABEL " + " ".join(f'{name}="{value}"' for name, value in values.items())


def shell_words(words: Sequence[str]) -> str:
    """Return words as a shell has to read them."""
    return " ".join(map(quote, words))


def written(path: str, content: bytes, by: str = "base64 -d") -> str:
    """Return the command that writes a file into a folder that is there.

    printf puts its arguments together without anything between them, so that the text may stand
    on many lines, whatever a builder makes of the white space at their starts.
    """
    lines = wrap(base64.b64encode(content).decode(), _LINE) or ["''"]
    return " \\\n    ".join(["printf %s", *lines, f"| {by} >{quote(path)}"])

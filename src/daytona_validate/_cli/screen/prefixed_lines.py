"""Line buffer: pieces of text in, prefixed lines out."""

from __future__ import annotations

from collections.abc import Callable

LONGEST = 4096
"""Characters of one line; a longer one comes out in parts."""


class PrefixedLines:
    """Line buffer that puts a prefix before each line.

    Args:
        prefix: Text before each line.
        say: Called with each line.
    """

    def __init__(self, prefix: str, say: Callable[[str], None]) -> None:
        self._prefix = prefix
        self._say = say
        self._rest = ""

    def add(self, text: str) -> None:
        """Take a piece, and give out the lines that end in it."""
        *lines, self._rest = (self._rest + text).split("\n")
        while len(self._rest) > LONGEST:
            lines.append(self._rest[:LONGEST])
            self._rest = self._rest[LONGEST:]
        for line in lines:
            self._tell(line)

    def end(self) -> None:
        """Give out a last line without a newline."""
        rest, self._rest = self._rest, ""
        self._tell(rest)

    def _tell(self, line: str) -> None:
        # A progress bar overwrites its line: the last of what it wrote is what counts.
        shown = line.rstrip().rpartition("\r")[2]
        if shown:
            self._say(self._prefix + shown)

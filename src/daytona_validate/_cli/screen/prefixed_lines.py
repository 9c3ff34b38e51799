"""Text that comes in pieces, told line by line."""

from __future__ import annotations

from collections.abc import Callable

LONGEST = 4096
"""Characters of one line; what is longer is told in parts."""


class PrefixedLines:
    """Puts pieces of text together to lines, each after the same words.

    Args:
        prefix: Those words.
        say: Told each line.
    """

    def __init__(self, prefix: str, say: Callable[[str], None]) -> None:
        self._prefix = prefix
        self._say = say
        self._rest = ""

    def add(self, text: str) -> None:
        """Take a piece, and tell the lines that end in it."""
        *lines, self._rest = (self._rest + text).split("\n")
        while len(self._rest) > LONGEST:
            lines.append(self._rest[:LONGEST])
            self._rest = self._rest[LONGEST:]
        for line in lines:
            self._tell(line)

    def end(self) -> None:
        """Tell a last line that nothing ended."""
        rest, self._rest = self._rest, ""
        self._tell(rest)

    def _tell(self, line: str) -> None:
        # A progress bar overwrites its line: the last of what it wrote is what counts.
        shown = line.rstrip().rpartition("\r")[2]
        if shown:
            self._say(self._prefix + shown)

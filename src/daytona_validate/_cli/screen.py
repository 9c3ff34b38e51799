"""The two streams of a command: results on stdout, all else on stderr, and neither in the bar."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from daytona_validate._cli.progress import Display, Silence
from daytona_validate._core.printable import printable


class Screen:
    """Where a command writes.

    Args:
        is_quiet: Whether notes are left out; errors never are.
    """

    def __init__(self, *, is_quiet: bool = False) -> None:
        self.display: Display = Silence()
        self._is_quiet = is_quiet

    def result(self, text: str) -> None:
        """Write a part of a report to stdout, at once."""
        with self._around(sys.stdout):
            _write(sys.stdout, text)

    def note(self, line: str) -> None:
        """Write one line about the work to stderr."""
        if not self._is_quiet:
            self.error(line)

    def error(self, line: str) -> None:
        """Write one line to stderr, also when quiet."""
        self.foreign_error(f"{printable(line)}\n")

    def foreign_error(self, text: str) -> None:
        """Write text to stderr as it is."""
        with self.display.cleared():
            _write(sys.stderr, text)

    @contextmanager
    def _around(self, stream: TextIO) -> Iterator[None]:
        """Keep the bar out of the way only where it would be in the way."""
        if not stream.isatty():
            yield
            return
        with self.display.cleared():
            yield


def _write(stream: TextIO, text: str) -> None:
    """Write text as bytes of the stream's encoding, whatever characters are in it."""
    try:
        stream.write(text)
    except UnicodeEncodeError:
        encoding = stream.encoding or "utf-8"
        stream.write(text.encode(encoding, errors="backslashreplace").decode(encoding))
    stream.flush()

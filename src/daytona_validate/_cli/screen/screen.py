"""The output streams of a command: results on stdout, all else on stderr, clear of the bar."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from daytona_validate._cli.screen.progress import Display
from daytona_validate._core.printable import printable


class Screen:
    """Output of a command.

    Args:
        is_quiet: Whether notes are left out; errors never are.
    """

    def __init__(self, *, is_quiet: bool = False) -> None:
        self.display = Display()
        self._is_quiet = is_quiet

    def result(self, text: str) -> None:
        """Write text for people to stdout, at once."""
        with self._around(sys.stdout):
            _write(sys.stdout, text, sys.stdout.encoding)

    def data(self, text: str) -> None:
        """Write text for programs to stdout, at once: UTF-8 in every locale."""
        with self._around(sys.stdout):
            _write(sys.stdout, text, "utf-8")

    def writer(self, output_format: str) -> Callable[[str], None]:
        """Return what writes a format to stdout: `result` for people, `data` for programs."""
        return self.result if output_format == "text" else self.data

    def note(self, line: str) -> None:
        """Write one line about the work to stderr."""
        if not self._is_quiet:
            self.error(line)

    def waiting(self, texts: tuple[str, ...]) -> None:
        """Show what is waited for, beside the progress; nothing where none is shown."""
        self.display.waits = texts

    def error(self, line: str) -> None:
        """Write one line to stderr, also when quiet."""
        with self.display.cleared():
            _write(sys.stderr, f"{printable(line)}\n", sys.stderr.encoding)

    def foreign_error(self, text: str) -> None:
        """Write text to stderr as it is; where no terminal has to show it, as UTF-8."""
        with self.display.cleared():
            _write(sys.stderr, text, sys.stderr.encoding if sys.stderr.isatty() else "utf-8")

    @contextmanager
    def _around(self, stream: TextIO) -> Iterator[None]:
        """Take the bar off while a terminal is written to."""
        if not stream.isatty():
            yield
            return
        with self.display.cleared():
            yield


def _write(stream: TextIO, text: str, encoding: str) -> None:
    """Write text as bytes; what the encoding does not have becomes a visible escape."""
    stream.flush()
    stream.buffer.write(text.encode(encoding, errors="backslashreplace"))
    stream.buffer.flush()

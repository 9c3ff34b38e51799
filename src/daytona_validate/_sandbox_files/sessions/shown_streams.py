"""The streams of a session: what its inputs print is caught, and what they printed is told.

It stands beside `shown_session.py` in sandboxes.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys

MARK = "shown-session "
MOST_CHARACTERS = 8 * 1024
"""Of what is told in the line on stderr."""


class Captured:
    """What is written to stdout while an example runs, by the program and its children."""

    def __init__(self) -> None:
        self.real = os.dup(1)
        self.store = os.memfd_create("output")

    def __enter__(self) -> None:
        os.ftruncate(self.store, 0)
        os.lseek(self.store, 0, os.SEEK_SET)
        os.dup2(self.store, 1)

    def __exit__(self, *_error: object) -> None:
        flush()
        os.dup2(self.real, 1)

    def text(self) -> str:
        size = os.fstat(self.store).st_size
        return os.pread(self.store, size, 0).decode("utf-8", "replace").replace("\r\n", "\n")

    def say(self, text: str) -> None:
        """Write to the real stdout."""
        data = text.encode("utf-8", "replace")
        while data:
            data = data[os.write(self.real, data) :]


def flush() -> None:
    for stream in {sys.stdout, sys.__stdout__}:
        with contextlib.suppress(Exception):
            stream.flush()  # type: ignore[union-attr]


class Others:
    """Record of what happened in other words than are shown, by the first of the lines shown."""

    def __init__(self) -> None:
        self.found: list[tuple[int, int, list[str]]] = []
        self.left = MOST_CHARACTERS

    def add(self, at: int, shown: list[str], told: list[str]) -> None:
        if told != shown:
            self.left -= sum(map(len, told)) + len(told)
            self.found += [(at, len(shown), told)] if self.left > 0 else []

    def tell(self) -> None:
        if self.found:
            flush()
            sys.stderr.write(f"{MARK}{json.dumps(self.found)}\n")

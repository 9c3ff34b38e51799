"""Turns of the test processes: most run beside each other, some alone. A readers-writer lock."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def turn(folder: Path, *, is_alone: bool) -> Iterator[None]:
    """Hold a place beside others who are not alone, or the only one; both wait for theirs."""
    with (folder / "gate").open("a") as gate, (folder / "room").open("a") as room:
        # Whoever waits for the room holds the gate: nobody else enters meanwhile.
        fcntl.flock(gate, fcntl.LOCK_EX)
        try:
            fcntl.flock(room, fcntl.LOCK_EX if is_alone else fcntl.LOCK_SH)
        finally:
            fcntl.flock(gate, fcntl.LOCK_UN)
        try:
            yield
        finally:
            fcntl.flock(room, fcntl.LOCK_UN)  # a forked child has this file open, too

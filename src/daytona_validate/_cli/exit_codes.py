"""The exit codes of the command line."""

from __future__ import annotations

import signal
from enum import IntEnum


class ExitCode(IntEnum):
    """What each code says."""

    PASSED = 0
    FAILED = 1
    USAGE = 2
    UNAVAILABLE = 3
    NOTHING_RAN = 5
    INTERRUPTED = 130
    BROKEN_PIPE = 141
    """Nobody reads stdout any more: what a program ended by SIGPIPE exits with."""


class Interrupted(Exception):
    """A signal ended the work, and everything that it had started is gone.

    Args:
        received: The first signal that arrived.
    """

    def __init__(self, received: signal.Signals) -> None:
        super().__init__(f"interrupted by {received.name}")
        self.exit_code = 128 + received

"""Reading what bubblewrap says about itself, on a descriptor that the program never sees.

It is the one trustworthy sign of who failed: without an exit code there, the sandbox never
started or was lost, whatever was printed elsewhere.
"""

from __future__ import annotations

import json
import signal
from dataclasses import dataclass

_SIGNALS = frozenset(each.value for each in signal.Signals)


@dataclass(frozen=True, slots=True)
class JailStatus:
    """Parsed status of bubblewrap, as far as it has been read."""

    child_pid: int | None = None
    """The jail's first process, as a pid of ours; None until it exists."""
    exit_code: int | None = None
    """Its exit code; None until it has ended, or if it never started."""


def jail_status(said: bytes) -> JailStatus:
    """Read the JSON documents, one a line; a line that is not yet whole is left out."""
    known: dict[str, object] = {}
    for line in said.splitlines(keepends=True):
        if line.endswith(b"\n"):
            known.update(json.loads(line))
    return JailStatus(_integer(known.get("child-pid")), _integer(known.get("exit-code")))


def signal_number(exit_code: int) -> int | None:
    """Return the signal behind a shell's exit code of 128 + n, or None if there is none."""
    number = exit_code - 128
    return number if number in _SIGNALS else None


def _integer(value: object) -> int | None:
    return value if isinstance(value, int) else None

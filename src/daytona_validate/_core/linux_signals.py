"""Signals of Linux by number: sandboxes run Linux, whatever this process runs on."""

from __future__ import annotations

_FIRST = "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT "
_LATER = "STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS"
_NAMES = dict(enumerate((_FIRST + _LATER).split(), start=1))
_NAMES |= {34: "RTMIN", 64: "RTMAX"}

SIGKILL, SIGXFSZ = 9, 25
LAST_SIGNAL = 64
"""A shell, which says 128 + n for signal n, says 255 for what is none."""


def signal_name(number: int) -> str:
    """Return a signal's short name, as `SEGV` for 11; the number itself if it has none."""
    return _NAMES.get(number, str(number))

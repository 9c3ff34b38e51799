"""Undo what the caller ignores: an ignored signal stays ignored through exec, down to the snippet.

A job in the background of a script ignores SIGINT and SIGQUIT, and under `nohup` SIGHUP: a
program that is to be interrupted would then do something else in a jail. Where SIGCHLD is
ignored, bubblewrap never learns of its child's end (seen in 0.11). `Popen` resets SIGPIPE and
SIGXFSZ only, a `preexec_fn` may deadlock where there are threads, and no POSIX shell may reset
a signal that it was given ignored; GNU env (coreutils 8.31) does, for 1 ms, and only if need be.

Signals that are blocked, not ignored, are handed on: asyncio and uvloop block none.
"""

from __future__ import annotations

import re
import signal
import subprocess
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.host_text import text_of
from daytona_validate._reason import Reason

ENV = "/usr/bin/env"
_RESET_BY_POPEN = frozenset({signal.SIGPIPE, signal.SIGXFSZ})
_HANDED_ON = tuple(each for each in signal.Signals if each not in _RESET_BY_POPEN)
_PROBE_S = 10.0
_STATUS = Path("/proc/self/status")
_IGNORED = re.compile(r"^SigIgn:\s*([0-9a-f]+)$", re.MULTILINE)


def ignored_signals() -> list[signal.Signals]:
    """Return the signals that this process ignores and `Popen` would hand on as ignored.

    The kernel is asked. `signal.getsignal`, for each of them, takes ten times as long: for a
    handler of asyncio's it makes the text of a task, and throws it away (Python 3.11). Nor does it
    know what was ignored from C.
    """
    found = _IGNORED.search(text_of(_STATUS))
    ignored = int(found[1], 16) if found else 0
    return [each for each in _HANDED_ON if ignored >> (each - 1) & 1] if ignored else []


@cache
def env_resets_signals() -> bool:
    """Return whether there is an `env` here that can; asked once, for 2 ms."""
    try:
        asked = subprocess.run(
            [ENV, "--default-signal=INT", "true"],
            capture_output=True,
            timeout=_PROBE_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0


def resetting_argv(
    ignored: Iterable[signal.Signals], *, can_reset: Callable[[], bool] = env_resets_signals
) -> list[str]:
    """Return what to put before a command, so that it ignores nothing; empty if it would not.

    Raises:
        SandboxUnavailable: SIGCHLD is ignored and cannot be reset here. The caller's fault; any
            other ignored signal is handed on instead.
    """
    names = [each.name.removeprefix("SIG") for each in ignored]
    if not names:
        return []
    if can_reset():
        return [ENV, f"--default-signal={','.join(names)}"]
    if "CHLD" in names:
        raise SandboxUnavailable(
            "This process ignores SIGCHLD, so the end of a sandbox cannot be seen. "
            "Do not ignore it, or install GNU coreutils 8.31 or later.",
            reason=Reason.HOST_FAILED,
        )
    return []

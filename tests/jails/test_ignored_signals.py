"""What a caller ignores is not ignored in its jails."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.ignored_signals import ENV, resetting_argv

_CHILD = """
import asyncio, json, signal, sys
from pathlib import Path
for each in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGCHLD):
    signal.signal(each, signal.SIG_IGN)
from daytona_validate._models import Limits
from daytona_validate._jails.jail import Jail
from daytona_validate._jails.runner import JailRunner

async def main():
    runner = await JailRunner.start(Path(sys.argv[1]))
    line = "sed -n 's/^SigIgn:[[:space:]]*//p' /proc/self/status; exit 7"
    step = await runner.run(Jail(argv=("sh", "-c", line), limits=Limits()), timeout_s=10)
    print(json.dumps([step.exit_code, int(step.stdout, 16)]))

asyncio.run(main())
"""


@pytest.mark.jail
@pytest.mark.slow
def test_a_caller_that_ignores_signals_gets_whole_verdicts(jail_cache_dir: Path) -> None:
    """With SIGCHLD ignored in it, bubblewrap would wait for its child for ever."""
    ran = subprocess.run(
        [sys.executable, "-c", _CHILD, str(jail_cache_dir)],
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr.decode()
    assert json.loads(ran.stdout) == [7, 0]


_FROM_C = """
import ctypes, signal
ctypes.CDLL(None).signal(int(signal.SIGHUP), ctypes.c_void_p(1))
signal.signal(signal.SIGUSR1, signal.SIG_IGN)
from daytona_validate._jails.ignored_signals import ignored_signals
print(*(each.name for each in ignored_signals()))
"""


def test_what_is_ignored_from_c_is_found_too() -> None:
    """SIGPIPE, which Python ignores itself, is not among them: `Popen` resets it."""
    said = subprocess.run(
        [sys.executable, "-c", _FROM_C],
        capture_output=True,
        timeout=60,
        check=True,
    )
    found = set(said.stdout.decode().split())
    assert {"SIGHUP", "SIGUSR1"} <= found
    assert "SIGPIPE" not in found


def test_nothing_stands_before_a_command_if_nothing_is_ignored() -> None:
    assert resetting_argv([], can_reset=lambda: True) == []


def test_each_ignored_signal_is_named() -> None:
    argv = resetting_argv([signal.SIGINT, signal.SIGCHLD], can_reset=lambda: True)
    assert argv == [ENV, "--default-signal=INT,CHLD"]


def test_without_a_way_to_reset_only_sigchld_is_refused() -> None:
    assert resetting_argv([signal.SIGINT], can_reset=lambda: False) == []
    with pytest.raises(SandboxUnavailable, match="SIGCHLD"):
        resetting_argv([signal.SIGCHLD], can_reset=lambda: False)

"""The lock of a folder's file is free again when its holder dies, whoever descends from him."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from daytona_validate._runtime.file_lock import exclusive_if_free

HOLDER = """
import os, signal, sys
from pathlib import Path
from daytona_validate._runtime.file_lock import exclusive_if_free
with exclusive_if_free(Path(sys.argv[1])) as is_ours:
    if is_ours and os.fork() == 0:
        print(os.getpid(), flush=True)
    signal.pause()
"""


@pytest.mark.slow
def test_a_forked_child_does_not_hold_on_to_it(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    argv = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        child = int(holder.stdout.readline())
        with exclusive_if_free(path) as is_ours:
            assert not is_ours
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        try:
            with exclusive_if_free(path) as is_ours:
                assert is_ours
        finally:
            os.kill(child, signal.SIGKILL)
    assert not path.exists()

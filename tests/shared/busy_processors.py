"""Processors that others keep busy, for programs that have to wait for one."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager


@contextmanager
def five_others_on(cores: Iterable[int]) -> Iterator[None]:
    """Keep processors busy. Each burner has a session: Linux may share them among those."""
    with ExitStack() as stack:
        for core in [each for each in cores for _ in range(5)]:
            burn = f"import os\nos.sched_setaffinity(0, {{{core}}})\nwhile True: pass"
            argv = [sys.executable, "-I", "-S", "-c", burn]
            burner = stack.enter_context(subprocess.Popen(argv, start_new_session=True))
            stack.callback(burner.send_signal, signal.SIGKILL)
        yield

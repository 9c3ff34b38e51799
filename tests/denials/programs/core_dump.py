"""Crash, so that a program of the host reads its memory as root (a `core_pattern` with `|`).

Happens: the kernel gives up first: the limit is just 1 byte, soft and hard.
Answer: (1, 1) no core
"""

import os
import resource
import signal

crashing = os.fork()
if not crashing:
    os.kill(os.getpid(), signal.SIGSEGV)
_, status = os.waitpid(crashing, 0)
print(resource.getrlimit(resource.RLIMIT_CORE), "core" if os.WCOREDUMP(status) else "no core")

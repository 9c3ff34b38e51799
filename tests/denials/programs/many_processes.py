"""Start 10,000 processes that all wait, where a program may have 256.

Happens: no more can be started; some runtimes are then ended (`process_limit`).
Answer: refused
"""

import os
import signal

started = []
try:
    for _ in range(10_000):
        child = os.fork()
        if not child:
            signal.pause()
        started.append(child)
    print("started")
except BlockingIOError:
    print("refused")
for child in started:
    os.kill(child, signal.SIGKILL)

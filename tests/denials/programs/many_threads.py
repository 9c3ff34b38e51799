"""Start 10,000 threads that all wait, where a program may have 256 threads and processes.

Happens: no more can be started; a runtime that cannot go on without is ended (`process_limit`).
Answer: refused
"""

import os
import threading

waiting = threading.Event()
try:
    for _ in range(10_000):
        threading.Thread(target=waiting.wait, daemon=True).start()
    print("started")
except RuntimeError:
    print("refused", flush=True)
    os._exit(0)

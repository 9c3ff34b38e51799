"""Take 60 MiB in each of six processes, under a limit of 128 MiB for all of them.

Happens: they are ended for their memory.
Ends: memory_limit
"""

import os
import signal

for _ in range(6):
    if not os.fork():
        memory = bytearray(60 << 20)
        signal.pause()
os.wait()
raise SystemExit(1)

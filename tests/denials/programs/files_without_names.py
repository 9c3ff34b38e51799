"""Take 768 MiB of files in memory that have no name and are not mapped (`memfd_create`).

Happens: it is ended for its memory, at 128 MiB.
Ends: memory_limit
"""

import os
import signal

for _ in range(24):
    file = os.memfd_create("memory")
    for _ in range(32):
        os.write(file, bytes(1 << 20))
signal.pause()

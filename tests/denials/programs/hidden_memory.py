"""Take 768 MiB of files without names where no other user may look at its descriptors.

Happens: it may not hide them (`prctl`), and is ended for its memory.
Ends: memory_limit
"""

import ctypes
import os
import signal

ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)
for _ in range(24):
    file = os.memfd_create("memory")
    for _ in range(32):
        os.write(file, bytes(1 << 20))
signal.pause()

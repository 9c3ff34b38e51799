"""Take 1 GiB of shared anonymous memory under a limit of 128 MiB.

Happens: it is ended for its memory.
Ends: memory_limit
"""

import mmap
import signal

memory = mmap.mmap(-1, 1 << 30)
for at in range(0, len(memory), mmap.PAGESIZE):
    memory[at] = 1
signal.pause()

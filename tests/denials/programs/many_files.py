"""Make 250,000 empty files, each of which takes memory of the kernel's.

Happens: it is ended, for its memory or at 100,000 files.
Ends: memory_limit disk_limit
"""

import os
import signal

for number in range(250_000):
    os.close(os.open(f"/tmp/{number}", os.O_CREAT | os.O_WRONLY))
signal.pause()

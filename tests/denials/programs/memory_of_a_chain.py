"""Take 768 MiB of files without names in processes of which each hands them on and ends at once.

Happens: they are ended for their memory, at 128 MiB.
Ends: memory_limit
"""

import os
import signal

if os.fork():
    os.wait()
    signal.pause()
file = os.memfd_create("memory")
for number in range(768 * 4):
    os.write(file, bytes(1 << 18))
    if number % 128 == 127:
        file = os.memfd_create("memory")
    if os.fork():
        os._exit(0)
signal.pause()

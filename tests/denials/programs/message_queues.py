"""Fill the kernel's memory with message queues.

Happens: EMFILE after three of the usual size (256 KiB).
Answer: EMFILE after 3
"""

import ctypes
import errno
import os

libc = ctypes.CDLL(None, use_errno=True)
made = 0
while made < 20:
    name = f"/queue{made}".encode()
    if libc.mq_open(name, os.O_CREAT | os.O_RDWR, 0o600, None) < 0:
        break
    made += 1
print(errno.errorcode.get(ctypes.get_errno()), "after", made)

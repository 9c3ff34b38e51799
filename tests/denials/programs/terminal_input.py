"""Type into the terminal of who started it (`TIOCSTI`, `TIOCLINUX`, also in 64 bits).

Happens: EPERM, and there is no terminal.
Answer: EPERM EPERM EPERM closed
"""

import ctypes
import errno
import os
import platform

libc = ctypes.CDLL(None, use_errno=True)
IOCTL = 29 if platform.machine() == "aarch64" else 16
for request in (0x5412, 0x541C, 0x1_0000_5412):
    done = libc.syscall(IOCTL, 0, ctypes.c_long(request), ctypes.c_char_p(b"x"))
    print(errno.errorcode[ctypes.get_errno()] if done == -1 else "done", end=" ")
try:
    os.open("/dev/tty", os.O_RDWR)
    print("open")
except OSError:
    print("closed")

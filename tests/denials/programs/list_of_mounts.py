"""Ask for mounts and file systems by number (`statmount`, `listmount`, `ustat`, `sysfs`).

Happens: ENOSYS; EPERM for the two old ones, which only x86-64 has.
Answer: ENOSYS ENOSYS refused refused
"""

import ctypes
import errno
import platform

libc = ctypes.CDLL(None, use_errno=True)
for number in (457, 458):
    libc.syscall(number, 0, 0, 0, 0)
    print(errno.errorcode.get(ctypes.get_errno()), end=" ")
for number in (136, 139):
    # On aarch64 these are other calls.
    done = -1 if platform.machine() == "aarch64" else libc.syscall(number, 3, 0, 0)
    print("refused" if done == -1 else "done", end=" ")

"""Ask which security modules the kernel has, or change its own label (`lsm_...`).

Happens: ENOSYS.
Answer: ENOSYS ENOSYS ENOSYS
"""

import ctypes
import errno

libc = ctypes.CDLL(None, use_errno=True)
size = ctypes.c_uint32(4096)
room = ctypes.create_string_buffer(4096)
for number in (459, 460, 461):
    libc.syscall(number, room, ctypes.byref(size), 0, 0)
    print(errno.errorcode.get(ctypes.get_errno()), end=" ")

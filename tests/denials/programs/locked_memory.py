"""Lock 1 MiB of memory, so that it can never be swapped out.

Happens: ENOMEM above 64 KiB.
Answer: ENOMEM
"""

import ctypes
import errno

libc = ctypes.CDLL(None, use_errno=True)
memory = ctypes.create_string_buffer(1 << 20)
done = libc.mlock(memory, ctypes.c_size_t(len(memory)))
print("locked" if done == 0 else errno.errorcode[ctypes.get_errno()])

"""Fill the kernel's memory with queued signals, by timers that nobody waits for.

Happens: EAGAIN at 1024 or before; the usual limit is tens of thousands.
Answer: EAGAIN, and not too late
"""

import ctypes
import errno

libc = ctypes.CDLL(None, use_errno=True)
timer = ctypes.c_void_p()
made = 0
while made <= 2000 and libc.timer_create(1, None, ctypes.byref(timer)) == 0:
    made += 1
print(f"{errno.errorcode.get(ctypes.get_errno())}, and {'not too' if made <= 1024 else 'too'} late")

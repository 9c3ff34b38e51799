"""Make a call in the numbers of another architecture (x32), which the filter's rules do not name.

Happens: it is ended by a signal (SIGSYS).
Answer: ended by 31
"""

import ctypes
import os
import platform

child = os.fork()
if not child:
    if platform.machine() == "x86_64":
        ctypes.CDLL(None).syscall(0x40000000 + 39)
    else:
        os.kill(os.getpid(), 31)  # there is no other
    os._exit(0)
_, status = os.waitpid(child, 0)
print("ended by", os.waitstatus_to_exitcode(status) * -1)

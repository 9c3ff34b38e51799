"""Use the kernel's keyrings, which are not each sandbox's own (`add_key`, `request_key`, `keyctl`).

Happens: EPERM for each.
Answer: {}
"""

import ctypes
import errno
import platform

libc = ctypes.CDLL(None, use_errno=True)
first = 217 if platform.machine() == "aarch64" else 248
found = {}
for number, name in enumerate(("add_key", "request_key", "keyctl"), start=first):
    done = libc.syscall(number, 0, 0, 0, 0, -3)
    found[name] = errno.errorcode[ctypes.get_errno()] if done == -1 else "done"
print({name: said for name, said in found.items() if said != "EPERM"})

"""Make or enter a namespace, in which it would be root (`unshare`, `clone`, `setns`).

Happens: EPERM for every kind; ENOSYS for `clone3`, whose flags a filter cannot read.
Answer: {}
"""

import ctypes
import errno
import os
import platform

libc = ctypes.CDLL(None, use_errno=True)
KINDS = {
    "user": 0x10000000,
    "mount": 0x20000,
    "net": 0x40000000,
    "pid": 0x20000000,
    "ipc": 0x08000000,
    "uts": 0x04000000,
    "cgroup": 0x02000000,
    "time": 0x80,
}
CLONE = 220 if platform.machine() == "aarch64" else 56


def answer(result: int) -> str:
    return errno.errorcode[ctypes.get_errno()] if result == -1 else "done"


found = {f"unshare {kind}": answer(libc.unshare(flag)) for kind, flag in KINDS.items()}
for kind, flag in KINDS.items():
    if kind != "time":  # a signal's number, for this call
        child = libc.syscall(CLONE, ctypes.c_long(flag | 17), 0, 0, 0, 0)
        if not child:
            os._exit(0)
        found[f"clone {kind}"] = answer(child)
found["setns"] = answer(libc.setns(os.open("/proc/self/ns/net", os.O_RDONLY), 0))
clone3 = answer(libc.syscall(435, 0, 0))
found["clone3"] = "EPERM" if clone3 == "ENOSYS" else clone3
print({call: said for call, said in found.items() if said != "EPERM"})

"""Mount, unmount, or have another root (`mount`, `pivot_root`, `chroot`, `open_tree`, `fsopen`).

Happens: EPERM for each.
Answer: {}
"""

import ctypes
import errno
import platform
from collections.abc import Callable

libc = ctypes.CDLL(None, use_errno=True)
is_arm = platform.machine() == "aarch64"
CALLS: dict[str, Callable[[], int]] = {
    "mount": lambda: libc.mount(b"none", b"/tmp", b"tmpfs", 0, None),
    "umount": lambda: libc.umount2(b"/proc", 2),
    "pivot_root": lambda: libc.syscall(41 if is_arm else 155, 0, 0),
    "chroot": lambda: libc.chroot(b"/tmp"),
    "open_tree": lambda: libc.syscall(428, -100, 0, 1),
    "move_mount": lambda: libc.syscall(429, -100, 0, -100, 0, 0),
    "fsopen": lambda: libc.syscall(430, 0, 0),
    "mount_setattr": lambda: libc.syscall(442, -100, 0, 0, 0, 0),
}
found = {}
for name, call in CALLS.items():
    found[name] = errno.errorcode[ctypes.get_errno()] if call() == -1 else "done"
print({name: said for name, said in found.items() if said != "EPERM"})

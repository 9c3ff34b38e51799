"""Change the machine: its name, its clock, its kernel or modules, its swap; or start it anew.

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
    "kexec_load": lambda: libc.syscall(104 if is_arm else 246, 0, 0, 0, 0),
    "init_module": lambda: libc.syscall(105 if is_arm else 175, 0, 0, 0),
    "delete_module": lambda: libc.syscall(106 if is_arm else 176, 0, 0),
    "swapon": lambda: libc.syscall(224 if is_arm else 167, 0, 0),
    "reboot": lambda: libc.syscall(142 if is_arm else 169, 0, 0, 0, 0),
    "acct": lambda: libc.acct(b"/tmp/none"),
    "sethostname": lambda: libc.sethostname(b"other", 5),
    "clock_settime": lambda: libc.syscall(112 if is_arm else 227, 0, 0),
    "syslog": lambda: libc.klogctl(3, 0, 0),
    "personality": lambda: libc.personality(0x0400000),
    "open_by_handle_at": lambda: libc.syscall(265 if is_arm else 304, -100, 0, 0),
}
found = {}
for name, call in CALLS.items():
    found[name] = errno.errorcode[ctypes.get_errno()] if call() == -1 else "done"
print({name: said for name, said in found.items() if said != "EPERM"})

"""Open sockets other than those of usual programs: raw ones, `AF_PACKET`, `AF_VSOCK`, `AF_ALG`.

Happens: EAFNOSUPPORT, also where high bits hide the kind; EPERM for raw ones.
Answer: {}
"""

import ctypes
import errno
import platform
import socket

libc = ctypes.CDLL(None, use_errno=True)
SOCKET = 198 if platform.machine() == "aarch64" else 41


def opened(*arguments: int) -> str:
    try:
        socket.socket(*arguments).close()
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    return "done"


found = {f"AF {family}": opened(family, socket.SOCK_SEQPACKET) for family in (38, 40)}
found |= {f"AF {family}": opened(family, socket.SOCK_RAW) for family in (17, 31)}
found["AF 5"] = opened(5, socket.SOCK_DGRAM)
if libc.syscall(SOCKET, ctypes.c_long(0x1_0000_0026), 5, 0) == -1:
    found["with high bits"] = errno.errorcode[ctypes.get_errno()]
raw = opened(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
found["raw"] = "EAFNOSUPPORT" if raw == "EPERM" else raw
print({name: said for name, said in found.items() if said != "EAFNOSUPPORT"})

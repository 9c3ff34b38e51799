"""Reach another host, the metadata service of a cloud, or a server on this machine.

Happens: there is no way to them: its only network is a loopback of its own.
Answer: nobody
"""

import errno
import socket
from contextlib import suppress

ADDRESSES = ("169.254.169.254", "1.1.1.1", "10.0.0.1", "172.17.0.1", "192.168.0.1", "224.0.0.1")
UNREACHED = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EPERM, errno.EACCES}
reached = []
for address in ADDRESSES:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as end:
            end.settimeout(2)
            if end.connect_ex((address, 80)) not in UNREACHED:
                reached.append(address)
with suppress(OSError):
    reached.append(socket.gethostbyname("example.org"))
print(reached or "nobody")

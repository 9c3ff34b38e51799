"""Talk to the kernel's netlink about anything but interfaces and routes.

Happens: EPROTONOSUPPORT for every other protocol.
Answer: [0]
"""

import socket

opened = []
for protocol in range(32):
    try:
        socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, protocol).close()
        opened.append(protocol)
    except OSError:
        continue
print(opened)

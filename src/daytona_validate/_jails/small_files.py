"""The files that we write ourselves for every jail: a small /etc, and the list of libraries."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

_PORTS = """
    echo 7 discard 9 daytime 13 ftp 21 ssh 22 telnet 23 smtp 25 time 37 domain 53 tftp 69
    gopher 70 http 80 pop3 110 ntp 123 imap2 143 snmp 161 irc 194 ldap 389 https 443
    submission 587 imaps 993 pop3s 995 mysql 3306 postgresql 5432
"""
_WORDS = _PORTS.split()

ETC = {
    "passwd": "root:x:0:0:root:/:/usr/bin/sh\nsandbox:x:65534:65534:sandbox:/work:/usr/bin/sh\n",
    "group": "root:x:0:\nsandbox:x:65534:\n",
    "hosts": "127.0.0.1 localhost sandbox\n::1 localhost\n",
    "hostname": "sandbox\n",
    # Without a network there is no resolver: a look-up asks 127.0.0.1 and is refused at once.
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
    "services": "".join(
        f"{name} {port}/{kind}\n"
        for name, port in zip(_WORDS[::2], _WORDS[1::2], strict=True)
        for kind in ("tcp", "udp")
    ),
    "protocols": "ip 0 IP\nicmp 1 ICMP\ntcp 6 TCP\nudp 17 UDP\nipv6 41 IPv6\n",
    # What is to be taken for said where there is no such file.
    "os-release": 'NAME="Linux"\nID=linux\nPRETTY_NAME="Linux"\n',
    "resolv.conf": "",
    "ssl/certs/ca-certificates.crt": "",
}
"""The last two are also the places where a jail with network gets the host's."""

# Python's ctypes.util.find_library looks for a library in what `ldconfig -p` prints of a cache.
_LIBRARY_LIST = r"""#!/bin/sh
case $(uname -m) in
  x86_64) kind=libc6,x86-64 ;;
  aarch64) kind=libc6,AArch64 ;;
  *) kind=libc6 ;;
esac
for folder in FOLDERS; do
  for each in "$folder"/lib*.so.*; do
    [ ! -e "$each" ] || printf '\t%s (%s) => %s\n' "${each##*/}" "$kind" "$each"
  done
done
"""


def texts(library_folders: Iterable[str]) -> dict[str, str]:
    """Return the files, by path below the folder that /etc and /usr/bin are bound from.

    Args:
        library_folders: Where the jail has its libraries.
    """
    listing = _LIBRARY_LIST.replace("FOLDERS", shlex.join(library_folders))
    return {f"etc/{name}": text for name, text in ETC.items()} | {"bin/ldconfig": listing}

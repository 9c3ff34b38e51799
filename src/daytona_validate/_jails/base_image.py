"""What every jail has whatever its language: libraries, a few commands, a small /etc.

All of it are copies in the cache: a jail that had the host's own files could watch who opens them.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shlex
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.jail import Base, Bind
from daytona_validate._jails.proc_covers import telling_files, telling_folders
from daytona_validate._jails.system_copies import system_copies
from daytona_validate._jails.whole_copy import whole_copy
from daytona_validate._reason import Reason

FORMAT = "4"
"""Raise it when what is built below changes."""

COMMANDS = (
    "sh awk base64 basename bash bc cal cat chmod cksum clear comm cp cut date dd df diff dirname "
    "du echo egrep env expand expr factor false fgrep file find fold free grep groups gunzip gzip "
    "head hostname id join kill less ln ls md5sum mkdir mkfifo mktemp more mv nl nproc od paste "
    "printenv printf ps pwd readlink realpath rm rmdir script sed seq setsid sha1sum sha256sum "
    "shuf sleep sort split stat stty sum tac tail tar tee test timeout touch tput tr true tty "
    "uname uniq uptime wc which whoami xargs yes"
)
"""Copied where the host has them; `sh` alone is a must."""

TERMINALS = (
    "ansi dumb linux screen screen-256color tmux tmux-256color vt100 vt220 xterm xterm-256color "
    "xterm-color"
)
"""Of these the host's descriptions are copied, for programs that draw on a terminal."""
_DESCRIPTIONS = ("/etc/terminfo", "/lib/terminfo", "/usr/lib/terminfo", "/usr/share/terminfo")
_LINKS = (("usr/bin", "/bin"), ("usr/bin", "/sbin"), ("/tmp", "/var/tmp"))  # noqa: S108 - in the jail

_PORTS = """
    echo 7 discard 9 daytime 13 ftp 21 ssh 22 telnet 23 smtp 25 time 37 domain 53 tftp 69
    gopher 70 http 80 pop3 110 ntp 123 imap2 143 snmp 161 irc 194 ldap 389 https 443
    submission 587 imaps 993 pop3s 995 mysql 3306 postgresql 5432
"""
_WORDS = _PORTS.split()

# One that expired in 1970 and may sign nothing: OpenSSL refuses an empty file, which Debian's pip
# (of a new virtual environment, too) reads before it knows whether it needs a network.
_NO_CERTIFICATES = """\
-----BEGIN CERTIFICATE-----
MIHcMIGPoAMCAQICAQEwBQYDK2VwMA8xDTALBgNVBAMMBG5vbmUwHhcNNzAwMTAx
MDAwMDAwWhcNNzAwMTAyMDAwMDAwWjAPMQ0wCwYDVQQDDARub25lMCowBQYDK2Vw
AyEALc3R7lO2g/Vv3V15fEEN8VvjjhI+O/n8QGKtww9xqLKjEDAOMAwGA1UdEwEB
/wQCMAAwBQYDK2VwA0EAirqu98cGNrVX1EblhL7GWFxRyUhPXkYCcyRrDics3SPk
5sMB43OJVb3DYEnjituFBDYZpsGmGeu+s9QWDd+pDA==
-----END CERTIFICATE-----
"""

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
    "ssl/certs/ca-certificates.crt": _NO_CERTIFICATES,
}
"""The last is also the place where an installer's jail gets the host's."""

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


def base(cache: Path) -> Base:
    """Prepare and return what all jails have.

    Raises:
        SandboxUnavailable: This host has no `sh` or no C library where one is looked for.
    """
    copied = dict((*_commands(), *_terminals()))
    if "bin/sh" not in copied:
        raise SandboxUnavailable(
            "This host has no /bin/sh, which every sandbox starts with.", reason=Reason.HOST_FAILED
        )
    libraries = _libraries()
    written = _texts([each for each in libraries if Path(each).is_dir()])
    parts = (FORMAT, sorted(written.items()), _identities(copied))
    key = hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
    folder = whole_copy(cache / "commands" / key, lambda aside: _build(copied, written, aside))
    system = system_copies(cache, libraries)
    own = (Bind(str(folder / "bin"), "/usr/bin"), Bind(str(folder / "etc"), "/etc"))
    return Base(
        binds=(*system.binds, *own),
        links=(*_LINKS, *_library_links(), *system.links),
        covers=(
            *(Bind("/dev/null", each) for each in telling_files(Path("/proc"))),
            *(Bind(str(folder / "empty"), each) for each in telling_folders(Path("/proc"))),
        ),
        libraries=tuple(libraries),
        left_out=system.left_out,
        copies=(str(system.folder), str(folder)),
    )


def _commands() -> Iterator[tuple[str, Path]]:
    for name in COMMANDS.split():
        found = shutil.which(name, path="/usr/bin:/bin")
        if found is not None:
            yield f"bin/{name}", Path(found).resolve()


def _terminals() -> Iterator[tuple[str, Path]]:
    for name in TERMINALS.split():
        places = (Path(folder, name[0], name) for folder in _DESCRIPTIONS)
        found = next((each for each in places if each.is_file()), None)
        if found is not None:
            yield f"etc/terminfo/{name[0]}/{name}", found.resolve()


def _identities(sources: dict[str, Path]) -> list[tuple[str, str, int, int]]:
    """Return what changes when the host's commands are updated."""
    found = [(name, path, path.stat()) for name, path in sorted(sources.items())]
    return [(name, str(path), state.st_size, state.st_mtime_ns) for name, path, state in found]


def _build(copied: dict[str, Path], written: dict[str, str], aside: Path) -> None:
    copies: dict[Path, Path] = {}
    for name, source in copied.items():
        target = _place(aside, name)
        if source in copies:
            target.hardlink_to(copies[source])  # busybox is all of them in one file
        else:
            copies[source] = target
            shutil.copyfile(source, target)
            target.chmod(_mode(name))
    for name, content in written.items():
        target = _place(aside, name)
        target.write_text(content)
        target.chmod(_mode(name))
    (aside / "empty").mkdir()
    for folder in aside.rglob("*/"):
        folder.chmod(0o755)


def _place(aside: Path, name: str) -> Path:
    target = aside / name
    target.parent.mkdir(parents=True, exist_ok=True)
    return target


def _mode(name: str) -> int:
    return 0o755 if name.startswith("bin/") else 0o644


def _libraries() -> list[str]:
    """Return where the dynamic loader and the C library's neighbours are, on the host."""
    machine = platform.machine()
    multiarch = f"/usr/lib/{machine}-linux-gnu"
    # Debian and its kin: the rest of /usr/lib is not libraries.
    wanted = ["/usr/lib64", multiarch if Path(multiarch).is_dir() else "/usr/lib"]
    found = [each for each in wanted if Path(each).is_dir() and not Path(each).is_symlink()]
    unmerged = ("/lib64", f"/lib/{machine}-linux-gnu")
    found += [each for each in unmerged if Path(each).is_dir() and not _is_merged(each)]
    if machine == "aarch64" and not Path("/lib").is_symlink():
        found.append("/lib/ld-linux-aarch64.so.1")
    return found


def _is_merged(path: str) -> bool:
    return os.path.realpath(path).startswith("/usr/")


def _library_links() -> Iterator[tuple[str, str]]:
    """Yield the links of a merged /usr, as the host has them."""
    for path in ("/lib", "/lib64"):
        if Path(path).is_symlink():
            yield str(Path(path).readlink()).lstrip("/"), path
    # On Debian for ARM the loader stands directly in /usr/lib, as a link into the folder beside.
    loader = Path("/usr/lib/ld-linux-aarch64.so.1")
    if loader.is_symlink():
        yield str(loader.readlink()), str(loader)


def _texts(library_folders: Iterable[str]) -> dict[str, str]:
    """Return the files, by path below the folder that /etc and /usr/bin are bound from.

    Args:
        library_folders: Where the jail has its libraries.
    """
    listing = _LIBRARY_LIST.replace("FOLDERS", shlex.join(library_folders))
    return {f"etc/{name}": text for name, text in ETC.items()} | {"bin/ldconfig": listing}

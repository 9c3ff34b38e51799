"""What every jail has whatever its language: the host's libraries, a few commands, a small /etc.

The libraries are the host's own, bound where they are; the commands are copies, as binding them
one by one would cost a mount each, and binding /usr/bin would show every program of the host.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
from collections.abc import Iterator
from pathlib import Path

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._providers.local.jails.cache_folder import published
from daytona_validate._providers.local.jails.jail import Base, Bind

FORMAT = "1"
"""Raise it when what is built below changes."""

COMMANDS = (
    "sh awk base64 basename bash cat chmod cksum comm cp cut date dd df diff dirname du echo "
    "egrep env expand expr factor false fgrep find fold grep groups gunzip gzip head hostname "
    "id join kill ln ls md5sum mkdir mkfifo mktemp mv nl nproc od paste printenv printf ps pwd "
    "readlink realpath rm rmdir sed seq setsid sha1sum sha256sum shuf sleep sort split stat sum "
    "tac tail tar tee test timeout touch tr true tty uname uniq wc which whoami xargs yes"
)
"""Copied where the host has them; `sh` alone is a must."""

ETC = {
    "passwd": "root:x:0:0:root:/:/usr/bin/sh\nsandbox:x:65534:65534:sandbox:/work:/usr/bin/sh\n",
    "group": "root:x:0:\nsandbox:x:65534:\n",
    "hosts": "127.0.0.1 localhost sandbox\n::1 localhost\n",
    "hostname": "sandbox\n",
    # Without a network there is no resolver: a look-up asks 127.0.0.1 and is refused at once.
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
    "resolv.conf": "",
    "ssl/certs/ca-certificates.crt": "",
}
"""The last two are also the places where a jail with network gets the host's."""


def base(cache: Path) -> Base:
    """Prepare and return what all jails have.

    Raises:
        SandboxUnavailable: This machine has no `sh` or no C library where one is looked for.
    """
    sources = dict(_commands())
    if "sh" not in sources:
        raise SandboxUnavailable("This machine has no /bin/sh, which every sandbox starts with.")
    key = hashlib.sha256(repr((FORMAT, ETC, _identities(sources))).encode()).hexdigest()[:16]
    folder = published(cache / "commands" / key, lambda aside: _build(sources, aside))
    binds = [
        *(Bind(each, each) for each in _library_folders()),
        Bind(str(folder / "bin"), "/usr/bin"),
        Bind(str(folder / "etc"), "/etc"),
    ]
    zones = "/usr/share/zoneinfo"
    if Path(zones).is_dir():
        binds.append(Bind(zones, zones))
    return Base(binds=tuple(binds), links=(("usr/bin", "/bin"), *_library_links()))


def _commands() -> Iterator[tuple[str, Path]]:
    for name in COMMANDS.split():
        found = shutil.which(name, path="/usr/bin:/bin")
        if found is not None:
            yield name, Path(found).resolve()


def _identities(sources: dict[str, Path]) -> list[tuple[str, str, int, int]]:
    """Return what changes when the host's commands are updated."""
    found = [(name, path, path.stat()) for name, path in sorted(sources.items())]
    return [(name, str(path), stat.st_size, stat.st_mtime_ns) for name, path, stat in found]


def _build(sources: dict[str, Path], aside: Path) -> None:
    programs = aside / "bin"
    programs.mkdir()
    copies: dict[Path, Path] = {}
    for name, source in sources.items():
        target = programs / name
        if source in copies:
            target.hardlink_to(copies[source])  # busybox is all of them in one file
        else:
            copies[source] = target
            shutil.copyfile(source, target)
            target.chmod(0o755)
    for name, content in ETC.items():
        file = aside / "etc" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
        file.chmod(0o644)
    for folder in (programs, aside / "etc", aside / "etc/ssl", aside / "etc/ssl/certs"):
        folder.chmod(0o755)


def _library_folders() -> list[str]:
    """Return where the dynamic loader and the C library's neighbours are, on the host."""
    machine = platform.machine()
    multiarch = f"/usr/lib/{machine}-linux-gnu"
    if Path(multiarch).is_dir():  # Debian and its kin: the rest of /usr/lib is not libraries
        wanted = [multiarch, "/usr/lib64", "/usr/lib/locale"]
    else:
        wanted = ["/usr/lib64", "/usr/lib"]
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

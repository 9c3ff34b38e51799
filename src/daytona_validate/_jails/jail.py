"""From a jail's description to bubblewrap's command line; nothing here touches the world.

Everything that a jail may see is listed: what is not bound does not exist in it. It has its own
user, pid, mount, net, ipc, uts and cgroup namespaces, no capability, and no way to make more
namespaces. `/proc` is read-only on top of that, because a sandbox started by the wrong id could
otherwise change the host's kernel settings through it.

`lo` is up in a jail's own network namespace, so that a program can serve and call itself.
`/tmp` is a folder of its own, so that a program which lists its work folder finds only its files.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from daytona_validate._core.limits import MIB
from daytona_validate._jails.ceilings import Ceilings
from daytona_validate._jails.first_process import FIRST_PROCESS
from daytona_validate._jails.own_ids import CAPABILITIES, OwnIds
from daytona_validate._models import Limits, Stage

WORK = "/work"
SANDBOX_ID = "65534"
"""User and group inside; outside it is the caller's, or the unprivileged id of a root caller."""
FOLDERS_IN_MEMORY = (WORK, "/tmp", "/dev/shm")  # noqa: S108 - in the jail
"""The file systems that a jail may write to, where no cgroup counts memory: no overlay is then."""
SHARED_MEMORY_MIB = 16
"""Size of /dev/shm: enough for the semaphores and small blocks of multiprocessing."""

_NAMESPACES = (
    *("--as-pid-1", "--die-with-parent", "--new-session", "--clearenv"),
    *("--unshare-ipc", "--unshare-pid", "--unshare-uts", "--unshare-cgroup", "--unshare-net"),
    *("--hostname", "sandbox"),
)

FORKING = ("CAP_SYS_ADMIN", "CAP_NET_ADMIN", "CAP_SETPCAP")
"""The capabilities of a zygote: to make namespaces and mounts, to raise `lo`, and to let no fork
have any. They are those of the jail's own user namespace, and hold for nothing outside."""
STDIN = "/run/stdin"

NEXT = b"next\n"
"""What lets the first process start a command, and what it says when another is to follow."""


@dataclass(frozen=True, slots=True)
class Bind:
    """A host file or folder and where the jail sees it: read-only, if nothing else is said."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Overlay:
    """A host folder that the jail may change, as it sees it: the changes are lost with it."""

    source: str
    target: str
    is_read_only: bool = False
    """Read-only on this host, but the program reads the folder as its owner."""
    copies: str | None = None
    """The folder for copies of it that belong to other ids; None: whoever runs the jail has it."""


@dataclass(frozen=True, slots=True)
class SetupCommand:
    """A command that must end well before the program may start: a server's start, a compiler."""

    stage: Stage
    argv: tuple[str, ...]
    timeout_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Jail:
    """Sandbox description: one program, and everything that it may see and use."""

    argv: tuple[str, ...]
    """The program, found on the PATH of the jail's environment, and its arguments."""
    limits: Limits
    before: tuple[SetupCommand, ...] = ()
    """Run first, one after the other; what they leave running lives as long as the program."""
    reserved_mib: int = 0
    """Memory that the program may reserve beyond its limit; see `Language.reserved_mib`."""
    binds: tuple[Bind, ...] = ()
    overlays: tuple[Overlay, ...] = ()
    lasting: tuple[Bind, ...] = ()
    """Host folders that the program may change for good, as a host that lives on has them.
    One at /work or /tmp takes the place of the jail's own, and `disk_mib` does not bound it."""
    links: tuple[tuple[str, str], ...] = ()
    """Symbolic links of the jail: (what it points to, where it stands)."""
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    """Added to HOME, PATH and LANG, which it may replace."""
    files: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    """Path in the work folder to content."""
    made: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    """Path from the root to content of files beside it, as an earlier command would leave them."""
    folder: str = WORK
    """Where it starts; it must be there, and open."""
    door: Bind | None = None
    """The folder with the socket by which an installer reaches the index of packages, and nothing
    else; the jail then has this host's certificates too."""
    makes_forks: bool = False
    """Whether it is a zygote's, which makes namespaces for its forks: it has the capabilities for
    that, and nothing lies over its `/proc`, without which forks could have none. What runs in it is
    ours, and reads nothing of a snippet."""
    ids: OwnIds | None = None
    """Users of its own, its programs starting as root; None: a single unprivileged user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """What all jails on this host have: libraries, a few commands, a small /etc."""

    binds: tuple[Bind, ...]
    links: tuple[tuple[str, str], ...]
    covers: tuple[Bind, ...] = ()
    """What lies over parts of `/proc` that tell of this host: nothing."""
    libraries: tuple[str, ...] = ()
    """Paths of the host's folders of libraries, and of single ones, of which jails have copies."""
    left_out: tuple[str, ...] = ()
    """Paths in them that jails do not have."""
    copies: tuple[str, ...] = ()
    """Folders of the cache from which this is bound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JailDescriptors:
    """Descriptors that bubblewrap inherits, reads and closes before the program starts."""

    status: int
    block: int
    seccomp: int | None
    """None: it may make any system call, as a zygote does to fork."""
    stdin: int | None
    """None: the program's stdin is /dev/null, unless it is `requests`."""
    files: Mapping[str, int]
    """Path in the work folder to a descriptor of its content."""
    made: Mapping[str, int] = field(default_factory=dict[str, int])
    """Path from the root to a descriptor of its content."""
    etc: Mapping[str, int] = field(default_factory=dict[str, int])
    """Path to a descriptor of a read-only file's content."""
    info_sink: int | None = None
    """/dev/null for `--info-fd`, without which bubblewrap does not wait for its ids (0.11); only
    where root gives a jail ids of its own."""
    requests: int | None = None
    """The reading end of a pipe that is the program's stdin: opened anew, and never read before."""
    namespace: int | None = None
    """For a plain user's jail with ids of its own: the user namespace to join, which has them."""


def bwrap_argv(
    jail: Jail, *, base: Base, bounds: Ceilings, descriptors: JailDescriptors
) -> list[str]:
    """Return the arguments of bubblewrap, without its own path."""
    return [
        *_NAMESPACES,
        # User by name: --unshare-all with --disable-userns is refused for plain users (0.11).
        *([] if descriptors.namespace is not None else ["--unshare-user"]),
        *_identity(descriptors, makes_forks=jail.makes_forks),
        *_environment(jail),
        *([] if jail.ids is None else _open_parents(jail, base)),
        *_system(jail, base),
        *_folders(jail),
        *_contents(descriptors),
        *("--chdir", jail.folder, "--remount-ro", "/dev", "--remount-ro", "/"),
        *([] if descriptors.seccomp is None else ["--seccomp", str(descriptors.seccomp)]),
        *("--block-fd", str(descriptors.block)),
        *("--json-status-fd", str(descriptors.status)),
        *("--", "/usr/bin/sh", "-c", FIRST_PROCESS, "sh"),
        _stdin(descriptors),
        *bounds.arguments(),
        *(shlex.join(argv) for argv in (*(each.argv for each in jail.before), jail.argv)),
    ]


def _stdin(descriptors: JailDescriptors) -> str:
    if descriptors.requests is not None:
        return f"/proc/self/fd/{descriptors.requests}"
    return "/dev/null" if descriptors.stdin is None else STDIN


def _identity(descriptors: JailDescriptors, *, makes_forks: bool) -> Iterator[str]:
    yield from ("--cap-drop", "ALL")
    for each in FORKING if makes_forks else ():
        yield from ("--cap-add", each)
    if descriptors.info_sink is None and descriptors.namespace is None:
        yield from ("--disable-userns", "--uid", SANDBOX_ID, "--gid", SANDBOX_ID)
        return
    # Without --disable-userns, which maps one id in a namespace within: the filter refuses more.
    for each in CAPABILITIES:
        yield from ("--cap-add", each)
    yield from ("--uid", "0", "--gid", "0")
    if descriptors.namespace is not None:
        yield from ("--userns", str(descriptors.namespace))
        return
    yield from ("--info-fd", str(descriptors.info_sink))
    # It reads two bytes there, and leaves another descriptor open to the program (0.11).
    yield from ("--userns-block-fd", str(descriptors.block))


def _environment(jail: Jail) -> Iterator[str]:
    standard = {"HOME": WORK, "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}
    for name, value in (standard | dict(jail.environment)).items():
        yield from ("--setenv", name, value)


def _open_parents(jail: Jail, base: Base) -> Iterator[str]:
    """Make what bubblewrap would make by itself, and for root alone (0.11)."""
    paths = (
        *(each.target for each in (*base.binds, *jail.binds, *jail.lasting)),
        *(each.target for each in jail.overlays),
        *(path for _, path in (*base.links, *jail.links)),
        "/dev/null",
    )
    parents = {each for path in paths for each in _parents(path)}
    for path in sorted(parents):
        yield from ("--perms", "0755", "--dir", path)


def _parents(path: str) -> Iterator[str]:
    names = path.split("/")
    return ("/".join(names[:end]) for end in range(2, len(names)))


def _system(jail: Jail, base: Base) -> Iterator[str]:
    for bind in (*base.binds, *jail.binds, *([] if jail.door is None else [jail.door])):
        yield from ("--ro-bind", bind.source, bind.target)
    for overlay in jail.overlays:
        if overlay.is_read_only:
            yield from ("--ro-bind", overlay.source, overlay.target)
        else:
            yield from ("--overlay-src", overlay.source, "--tmp-overlay", overlay.target)
    # Where a toolchain of the host's lies below, as below /var/tmp, there is a folder already.
    binds = (*base.binds, *jail.binds)
    targets = (*(each.target for each in binds), *(each.target for each in jail.overlays))
    folders = {parent for target in targets for parent in _parents(target)}
    for target, path in (*base.links, *jail.links):
        if path not in folders:
            yield from ("--symlink", target, path)
    yield from ("--proc", "/proc", "--remount-ro", "/proc")
    for each in () if jail.makes_forks else base.covers:
        yield from ("--ro-bind", each.source, each.target)
    # Harmless devices, links to the streams, and pseudo-terminals that no other jail has part in.
    yield from ("--dev", "/dev")


def _folders(jail: Jail) -> Iterator[str]:
    disk = jail.limits.disk_mib
    shared = min(disk, SHARED_MEMORY_MIB)
    replaced = {each.target for each in jail.lasting}
    for path, size_mib, mode in (
        (WORK, disk, "0755"),
        ("/tmp", disk, "1777"),  # noqa: S108 - a folder inside the jail, not the host's
        ("/dev/shm", shared, "1777"),  # noqa: S108 - as above
    ):
        if path not in replaced:
            yield from ("--perms", mode, "--size", str(size_mib * MIB), "--tmpfs", path)
    for each in jail.lasting:
        yield from ("--bind", each.source, each.target)


def _contents(descriptors: JailDescriptors) -> Iterator[str]:
    if descriptors.stdin is not None:
        yield from ("--perms", "0444", "--file", str(descriptors.stdin), STDIN)
    for path, number in descriptors.files.items():
        yield from ("--perms", "0644", "--file", str(number), f"{WORK}/{path}")
    for path, number in descriptors.made.items():
        yield from ("--perms", "0644", "--file", str(number), path)
    for path, number in descriptors.etc.items():
        yield from ("--ro-bind-data", str(number), path)

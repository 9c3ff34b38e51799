"""From a jail's description to bubblewrap's command line; nothing here touches the world.

Everything that a jail may see is listed: what is not bound does not exist in it. It has its own
user, pid, mount, net, ipc, uts and cgroup namespaces, no capability, and no way to make more
namespaces. `/proc` is read-only on top of that, because a sandbox started by the wrong id could
otherwise change the host's kernel settings through it.

`lo` is up in a jail's own network namespace, so that a program can serve and call itself.
`/tmp` is a folder of its own, so that a program which lists its work folder finds only its files.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from daytona_validate._models import Limits

WORK = "/work"
MIB = 1024 * 1024
SANDBOX_ID = "65534"
"""User and group inside; outside it is the caller's, or the unprivileged id of a root caller."""
SHARED_MEMORY_MIB = 16
"""Size of /dev/shm: enough for the semaphores and small blocks of multiprocessing."""

_NAMESPACES = (
    *("--as-pid-1", "--die-with-parent", "--new-session", "--disable-userns", "--clearenv"),
    # User by name: --unshare-all with --disable-userns is refused for plain users (0.11).
    *("--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-uts", "--unshare-cgroup"),
    *("--hostname", "sandbox"),
)
_DEVICES = ("null", "zero", "urandom", "random")
_STREAMS = {"fd": "", "stdin": "/0", "stdout": "/1", "stderr": "/2"}

# The first process: it bounds itself, runs the program as its child and hands on its exit code.
# A program that were pid 1 itself would ignore its own SIGTERM and SIGABRT, and with bubblewrap's
# own reaper the CPU time of the program would be lost (seen in 0.11). The shell's remarks
# ("Killed") go to /dev/null; fd 3 is closed again for the program.
# -p: processes in dash and busybox; bash, where -p is a pipe's size, calls it -u.
_INIT = (
    "ulimit -c 0 && ulimit -n $1 && ulimit -f $2 && ulimit -t $3 && ulimit -d $4 && "
    "ulimit -S -s $5 && ulimit -H -s $6 && { ulimit -u $7 || ulimit -p $7; } 2>/dev/null "
    '|| exit 125; shift 7; exec 3>&2 2>/dev/null; "$@" 2>&3 3>&-; exit $?'
)


@dataclass(frozen=True, slots=True)
class Bind:
    """A host file or folder, seen read-only in the jail."""

    source: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Jail:
    """One program and everything it may see and use."""

    argv: tuple[str, ...]
    """The program, found on the PATH of the jail's environment, and its arguments."""
    limits: Limits
    binds: tuple[Bind, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    """Symbolic links of the jail: (what it points to, where it stands)."""
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    """Added to HOME, PATH and LANG, which it may replace."""
    files: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    """Path in the work folder to content."""
    has_network: bool = False
    """Share the host's network, as only the installer of packages may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """What all jails on this machine have: libraries, a few commands, a small /etc."""

    binds: tuple[Bind, ...]
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceilings:
    """Bounds that the first process sets on itself, in the order and units of its script."""

    open_files: int
    file_blocks: int
    """Of 512 bytes."""
    cpu_s: int
    data_kib: int | None
    """None where a memory cgroup counts instead: V8 and the JVM map more than they use."""
    stack_kib: int = 8192
    stack_ceiling_kib: int | None = None
    processes: int = 64

    def arguments(self) -> Iterator[str]:
        """Yield the positional parameters of the first process's script."""
        for value in (
            self.open_files,
            self.file_blocks,
            self.cpu_s,
            self.data_kib,
            self.stack_kib,
            self.stack_ceiling_kib,
            self.processes,
        ):
            yield "unlimited" if value is None else str(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class JailDescriptors:
    """Descriptors that bubblewrap inherits, reads and closes before the program starts."""

    status: int
    block: int
    seccomp: int
    files: Mapping[str, int]
    """Path in the work folder to a descriptor of its content."""
    etc: Mapping[str, int] = field(default_factory=dict[str, int])
    """Path to a descriptor of a read-only file's content."""


def ceilings(
    limits: Limits, *, timeout_s: float, cpus: int, counts_memory: bool, counts_processes: bool
) -> Ceilings:
    """Return the per-process bounds that go with a jail's limits.

    Args:
        limits: The limits of the snippet.
        timeout_s: Wall seconds of this step.
        cpus: Cores of the machine; CPU time is bounded by wall time * cores + 10 s, which only
            matters if the timer outside does not fire.
        counts_memory: A cgroup bounds the memory of the whole tree. Without one, each process
            may have `memory_mib`: their sum, and shared anonymous memory, are then not bounded.
        counts_processes: A cgroup counts the processes; the bound here is then set higher, so
            that the cgroup's, which leaves a trace, is met first.
    """
    tasks = limits.processes + 1  # the first process is one
    return Ceilings(
        open_files=limits.open_files,
        # One MiB more than the work folder has, so that a full folder is met first.
        file_blocks=(limits.disk_mib + 1) * MIB // 512,
        cpu_s=math.ceil(timeout_s * cpus) + 10,
        data_kib=None if counts_memory else limits.memory_mib * 1024,
        stack_ceiling_kib=None if counts_memory else 64 * 1024,
        processes=2 * tasks if counts_processes else tasks,
    )


def bwrap_argv(
    jail: Jail, *, base: Base, bounds: Ceilings, descriptors: JailDescriptors
) -> list[str]:
    """Return the arguments of bubblewrap, without its own path."""
    return [
        *_NAMESPACES,
        *([] if jail.has_network else ["--unshare-net"]),
        *("--cap-drop", "ALL", "--uid", SANDBOX_ID, "--gid", SANDBOX_ID),
        *_environment(jail),
        *_system(jail, base),
        *_folders(jail.limits),
        *_contents(descriptors),
        *("--chdir", WORK, "--remount-ro", "/"),
        *("--seccomp", str(descriptors.seccomp), "--block-fd", str(descriptors.block)),
        *("--json-status-fd", str(descriptors.status)),
        *("--", "/usr/bin/sh", "-c", _INIT, "sh", *bounds.arguments(), *jail.argv),
    ]


def _environment(jail: Jail) -> Iterator[str]:
    standard = {"HOME": WORK, "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}
    for name, value in (standard | dict(jail.environment)).items():
        yield from ("--setenv", name, value)


def _system(jail: Jail, base: Base) -> Iterator[str]:
    for bind in (*base.binds, *jail.binds):
        yield from ("--ro-bind", bind.source, bind.target)
    for target, path in (*base.links, *jail.links):
        yield from ("--symlink", target, path)
    yield from ("--proc", "/proc", "--remount-ro", "/proc")
    for name in _DEVICES:
        yield from ("--dev-bind", f"/dev/{name}", f"/dev/{name}")
    for name, suffix in _STREAMS.items():
        yield from ("--symlink", f"/proc/self/fd{suffix}", f"/dev/{name}")


def _folders(limits: Limits) -> Iterator[str]:
    disk = limits.disk_mib
    shared = min(disk, SHARED_MEMORY_MIB)
    for path, size_mib, mode in (
        (WORK, disk, "0755"),
        ("/tmp", disk, "1777"),  # noqa: S108 - a folder inside the jail, not the host's
        ("/dev/shm", shared, "1777"),  # noqa: S108 - as above
    ):
        yield from ("--perms", mode, "--size", str(size_mib * MIB), "--tmpfs", path)


def _contents(descriptors: JailDescriptors) -> Iterator[str]:
    for path, number in descriptors.files.items():
        yield from ("--perms", "0644", "--file", str(number), f"{WORK}/{path}")
    for path, number in descriptors.etc.items():
        yield from ("--ro-bind-data", str(number), path)

"""What there is on this host of some processes, looked at from outside, with no word of theirs.

A look is the names of things by kind, which are compared with those of a look before. Nothing here
writes, and nothing asks the code that is looked at.
"""

from __future__ import annotations

import os
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
SHARED = (
    Path("/tmp"),
    Path("/var/tmp"),
    Path("/dev/shm"),
    Path("/run"),
    Path("/run/daytona-validate"),
)
"""Folders of the host in which others make files as well: there, owners tell whose one is."""
LOOK_S = 0.25
FULL_DEPTH = 3
"""Levels of a cache that are listed: what is deeper belongs to a prepared toolchain."""
KEPT = "owned-copies"
"""Folders of a cache where one thing for each id is kept on purpose, once the id was in use."""
_OWN_NUMBER = re.compile(r":\[\d+\]\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose traces are looked for."""

    ancestor: int
    """A process that is the subreaper of all of them: none can leave its family."""
    workers: tuple[int, ...] = ()
    """Its descendants into whose descriptors, threads and locks is looked."""
    owners: frozenset[int] = frozenset()
    """User ids that nobody's files have."""
    folders: tuple[Path, ...] = ()
    """That nobody else has: temporary, of the session, home."""
    caches: tuple[Path, ...] = ()
    groups: tuple[Path, ...] = ()
    """Control groups below which sandboxes have theirs."""
    block_devices: Path = Path("/sys/block")
    mounts: Path = PROC / "self" / "mountinfo"
    interfaces: Path = PROC / "net" / "dev"


Traces = Mapping[str, Counter[str]]
"""Names by kind of thing."""


def traces(scope: Scope) -> Traces:
    """Look at everything once."""
    found = {
        "processes": Counter(_family(scope.ancestor)),
        "mounts": Counter(_lines(scope.mounts)),
        "empty control groups": Counter(_empty_below(scope.groups)),
        "files": Counter(_files(scope)),
        "cache": Counter(_cache_entries(scope.caches)),
        "System V IPC": Counter(_ipc()),
        "loop devices": Counter(_loops(scope.block_devices)),
        "network interfaces": Counter(_interfaces(scope.interfaces)),
    }
    inside = {
        "descriptors": _descriptors,
        "sockets": _sockets,
        "threads": _threads,
        "locks": _locks,
    }
    for kind, names in inside.items():
        found[kind] = Counter(name for pid in scope.workers for name in names(pid))
    return found


def left(before: Traces, after: Traces) -> dict[str, Counter[str]]:
    """Return what was not there before; kinds of which nothing is left are left out."""
    more = {kind: after[kind] - before[kind] for kind in after}
    return {kind: names for kind, names in more.items() if names}


def left_for_good(
    scope: Scope, before: Traces, *, longest_s: float, first: Callable[[], None] = lambda: None
) -> dict[str, Counter[str]]:
    """Return what was not there before, and is there at each look until so many seconds are over.

    What others make on this host comes and goes; what was left behind stays.

    Args:
        scope: Whose traces are looked for.
        before: What was there.
        longest_s: Seconds.
        first: Called before each look.
    """
    end_s = time.monotonic() + longest_s
    first()
    staying = left(before, traces(scope))
    while staying and time.monotonic() < end_s:
        time.sleep(LOOK_S)
        first()
        now = left(before, traces(scope))
        both = {kind: names & now.get(kind, Counter()) for kind, names in staying.items()}
        staying = {kind: names for kind, names in both.items() if names}
    return staying


def descendants(ancestor: int) -> Iterator[int]:
    """Yield the pids of a process's descendants."""
    for task in _entries(PROC / str(ancestor) / "task"):
        with suppress(OSError):
            for pid in map(int, (task / "children").read_text().split()):
                yield pid
                yield from descendants(pid)


def _family(ancestor: int) -> Iterator[str]:
    for pid in descendants(ancestor):
        yield _named(pid)


def _named(pid: int) -> str:
    """Return a name that a process cannot change, unlike its title."""
    with suppress(OSError):
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        return f"{pid} started at {fields[19]}"
    return f"{pid} ended meanwhile"


def _lines(file: Path) -> list[str]:
    with suppress(OSError):
        return file.read_text(errors="replace").splitlines()
    return []


def _empty_below(groups: tuple[Path, ...]) -> Iterator[str]:
    """Yield groups without a process: one that is not removed with its last process stays."""
    for group in groups:
        for folder, below, _ in os.walk(group):
            if not below and not _lines(Path(folder, "cgroup.procs")):
                yield folder


def _files(scope: Scope) -> Iterator[str]:
    for folder in scope.folders:
        for each, folders, names in os.walk(folder):
            yield from (str(Path(each, name)) for name in (*folders, *names))
    for folder in SHARED:
        for entry in _entries(folder):
            with suppress(OSError):
                if entry.lstat().st_uid in scope.owners:
                    yield str(entry)


def _cache_entries(caches: tuple[Path, ...]) -> Iterator[str]:
    """Yield what is in caches, down to some level."""
    for cache in caches:
        for folder, folders, names in os.walk(cache):
            is_kept = Path(folder).name == KEPT
            shown = [each for each in (*folders, *names) if not is_kept or each.startswith(".")]
            yield from (str(Path(folder, name)) for name in shown)
            if len(Path(folder).relative_to(cache).parts) + 1 >= FULL_DEPTH:
                folders.clear()


def _ipc() -> Iterator[str]:
    """Yield keys and ids; the table's columns are named in its first line."""
    for kind in ("shm", "msg", "sem"):
        head, *rows = _lines(PROC / "sysvipc" / kind) or [""]
        for row in rows:
            entry = dict(zip(head.split(), row.split(), strict=False))
            yield f"{kind} {entry.get('key')} {entry.get(f'{kind}id')} of {entry.get('uid')}"


def _loops(block_devices: Path) -> Iterator[str]:
    for each in sorted(block_devices.glob("loop*/loop/backing_file")):
        for line in _lines(each):
            yield f"{each.parts[-3]} {line}"


def _interfaces(table: Path) -> Iterator[str]:
    for line in _lines(table)[2:]:
        yield line.partition(":")[0].strip()


def _opened(pid: int) -> Iterator[str]:
    for each in _entries(PROC / str(pid) / "fd"):
        with suppress(OSError):
            yield str(each.readlink())


def _descriptors(pid: int) -> Iterator[str]:
    """Yield what each descriptor is of, without the number that no other has."""
    for name in _opened(pid):
        yield _OWN_NUMBER.sub("", name)


def _sockets(pid: int) -> Iterator[str]:
    yield from ("socket" for name in _opened(pid) if name.startswith("socket:"))


def _threads(pid: int) -> Iterator[str]:
    for each in _entries(PROC / str(pid) / "task"):
        yield from _lines(each / "comm")


def _locks(pid: int) -> Iterator[str]:
    for line in _lines(PROC / "locks"):
        _, kind, _, how, holder, file, *_ = (each for each in line.split() if each != "->")
        if holder == str(pid):
            yield f"{kind} {how} {file}"


def _entries(folder: Path) -> list[Path]:
    with suppress(OSError):
        return list(folder.iterdir())
    return []

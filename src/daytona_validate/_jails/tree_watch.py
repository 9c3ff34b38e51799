"""A watcher of jails whose memory and files no control group bounds: one thread for all of them.

A jail is ended for what it holds by itself, never for its neighbour's sake. Between two looks it
may take more than its limit: `STAYS` looks have to find it there, so that what is let go of again
at once, as compilers and collectors of garbage do, ends nothing.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from daytona_validate._core.limits import MIB
from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.in_flight import MEMINFO, has_descriptors_in_flight, hosts_shared_bytes
from daytona_validate._jails.jail import FOLDERS_IN_MEMORY, Jail
from daytona_validate._jails.spawn import PASSING
from daytona_validate._jails.tree_use import (
    TreeUse,
    has_own_root,
    tree_use,
    written_bytes,
)
from daytona_validate._models import Limit, Limits
from daytona_validate._reason import Reason

LOOK_S = 0.05
"""Seconds between the end of one look at all jails and the next, which is longer after a long look:
a jail of very many processes and descriptors gets half of a processor's time at most."""
STAYS = 2
"""Looks in a row that have to find a jail over its limit."""
OVER = 1.2
"""A jail is over its memory limit from 20 % above it: what is seen is an estimate."""
MOST_FILES = 100_000
"""Files of a jail's folders in memory together: each takes 1 KiB of the kernel's memory, even if it
is empty, which the limit of their size does not count."""

_logger = logging.getLogger("daytona_validate")


@dataclass(slots=True)
class WatchedJail:
    """A jail that is looked at, and the limit that it was ended for."""

    first: int
    """The pid of its first process."""
    end: int
    """A descriptor of that process."""
    limits: Limits
    folders: tuple[str, ...]
    most_written_bytes: int | None = None
    """Over the folders that it sees writable; then a control group bounds all else. None: it has
    no such folders."""
    limit: Limit | None = None
    """The one for which it was ended; None: it was not."""
    over: list[Limit] = field(default_factory=list[Limit])
    """What the last looks in a row found it to be over."""
    is_hiding: bool = False
    """Whether it was ended as what it holds cannot be seen, and may be too much."""
    hiding: int = 0
    """Looks in a row that found so."""
    least_shared_bytes: int | None = None
    """Of the host's shared memory without what other jails have, since it is watched."""
    stored_bytes: int = 0
    """Of files in memory, by the last look."""

    def look(self, shared_bytes: int) -> bool:
        """Look at the jail; return whether it is to be ended.

        Args:
            shared_bytes: The host's just now, without what other jails have in files.
        """
        has_root = has_own_root(self.first)  # until bubblewrap has made it, this is the host's
        if self.most_written_bytes is not None:
            self.stored_bytes = written_bytes(self.first) if has_root else 0
            return self._note(Limit.DISK if self.stored_bytes > self.most_written_bytes else None)
        folders = self.folders if has_root else ()
        # As of before this look: what the jail takes meanwhile counts there, and not as hidden.
        grown_bytes = self.grown_bytes(shared_bytes)
        use = tree_use(
            self.first, folders, enough_bytes=most_bytes(self.limits), unseen_bytes=grown_bytes
        )
        self.stored_bytes = use.stored_bytes
        self.hiding = self.hiding + 1 if self.may_hide(grown_bytes, use) else 0
        return self.note(use) or self.hiding >= STAYS

    def grown_bytes(self, shared_bytes: int) -> int:
        """Return by how much the host's shared memory has grown since it was least.

        Args:
            shared_bytes: The host's now, without what other jails have.
        """
        least_bytes = self.least_shared_bytes
        if least_bytes is None or shared_bytes < least_bytes:
            least_bytes = self.least_shared_bytes = shared_bytes
        return shared_bytes - least_bytes

    def may_hide(self, grown_bytes: int, use: TreeUse) -> bool:
        """Return whether it can hide shared memory while the host's has grown.

        By more than the jail may have: each alone is usual.

        Args:
            grown_bytes: The host's.
            use: What was found of the jail's.
        """
        has_grown = grown_bytes > most_bytes(self.limits)
        return has_grown and (not use.is_all_seen or has_descriptors_in_flight(self.first))

    def end_it(self) -> None:
        """Kill it, and note what for; nothing happens if it has ended by itself.

        What for is noted first, as its end may be noticed at once.
        """
        self.limit = self.over[-1] if len(self.over) >= STAYS else None
        self.is_hiding = self.limit is None
        try:
            signal.pidfd_send_signal(self.end, signal.SIGKILL)
        except ProcessLookupError:
            self.limit, self.is_hiding = None, False

    def note(self, use: TreeUse) -> bool:
        """Take what a look has found; return whether the jail is to be ended."""
        return self._note(exceeded(use, self.limits))

    def _note(self, found: Limit | None) -> bool:
        if found is None:
            self.over.clear()
            return False
        self.over.append(found)
        return len(self.over) >= STAYS


def exceeded(use: TreeUse, limits: Limits) -> Limit | None:
    """Return the limit that a use is over; None: it is over none."""
    if use.memory_bytes > most_bytes(limits):
        return Limit.MEMORY
    return Limit.DISK if use.files > MOST_FILES else None


def most_bytes(limits: Limits) -> int:
    """Return how much memory a jail may stay at."""
    return int(OVER * limits.memory_mib * MIB)


class TreeWatch:
    """Watchdog thread of all jails of a runner; there is one while there are jails."""

    def __init__(self, meminfo: Path = MEMINFO) -> None:
        self._meminfo = meminfo
        self._changed = threading.Condition()
        self._jails: list[WatchedJail] = []
        self._is_running = False
        self._shared_bytes: int | None = None
        """Of the host's shared memory without what jails have in files, by the last look."""

    def of(
        self, first: int, jail: Jail, stdin_bytes: int, *, counts_memory: bool
    ) -> AbstractContextManager[WatchedJail | None]:
        """Have what no control group bounds of a jail looked at for as long as it is held.

        A host that lives on, as an emulated one does, is not watched.

        Args:
            first: The pid of its first process, which waits at its gate.
            jail: Its description.
            stdin_bytes: Of its program.
            counts_memory: Whether a control group counts its memory.

        Raises:
            SandboxUnavailable: As for `watching`.
        """
        if jail.lasting:
            return nullcontext()
        if not counts_memory:
            return self.watching(first, jail.limits, FOLDERS_IN_MEMORY)
        if all(each.is_read_only for each in jail.overlays):
            return nullcontext()
        # Beside it lie, by bubblewrap, the program's stdin and some pages.
        most = jail.limits.disk_mib * MIB + stdin_bytes + MIB
        return self.watching(first, jail.limits, (), most_written_bytes=most)

    @contextmanager
    def watching(
        self,
        first: int,
        limits: Limits,
        folders: tuple[str, ...],
        *,
        most_written_bytes: int | None = None,
    ) -> Iterator[WatchedJail | None]:
        """Have a jail looked at for as long as it is held.

        Args:
            first: The pid of its first process, which waits at its gate.
            limits: Its own.
            folders: Where it has file systems in memory that it may write to.
            most_written_bytes: What it may write over folders that it sees writable, where a
                control group bounds all else; None: it has no such folders.

        Raises:
            SandboxUnavailable: It cannot be watched, for want of descriptors or threads.
        """
        try:
            end = os.pidfd_open(first)
        except ProcessLookupError:  # it died while it was set up, and others see that
            yield None
            return
        except OSError as error:
            raise SandboxUnavailable(
                f"A sandbox could not be watched: {error}.",
                reason=Reason.HOST_FAILED,
                retryable=error.errno in PASSING,
            ) from error
        jail = WatchedJail(first, end, limits, folders, most_written_bytes)
        try:
            self._take(jail)
            yield jail
        finally:
            with self._changed:
                self._jails = [each for each in self._jails if each is not jail]
                os.close(jail.end)

    def _take(self, jail: WatchedJail) -> None:
        with self._changed:  # held while the thread starts: no other jail counts on one that cannot
            if not self._is_running:
                self._start()
                self._is_running = True
            elif self._shared_bytes is not None:
                jail.grown_bytes(self._shared_bytes)
            self._jails.append(jail)

    def _start(self) -> None:
        try:
            threading.Thread(target=self._run, name="daytona-validate-watch", daemon=True).start()
        except RuntimeError as error:
            raise SandboxUnavailable(
                f"A sandbox could not be watched: {error}.",
                reason=Reason.HOST_FAILED,
                retryable=True,
            ) from error

    def _run(self) -> None:
        took_s = 0.0
        while True:
            with self._changed:
                self._note_shared_bytes()
                self._changed.wait(max(LOOK_S, took_s))
                jails = tuple(self._jails)
                if not jails:
                    self._is_running, self._shared_bytes = False, None
                    return
            began_s = time.thread_time()
            for jail in jails:
                try:
                    self._look(jail, self._hosts_bytes(jails) + jail.stored_bytes)
                except Exception:  # one jail's trouble must not leave the others unwatched
                    _logger.exception("A sandbox could not be looked at.")
            took_s = time.thread_time() - began_s

    def _note_shared_bytes(self) -> None:
        """Note what the host has, for jails that begin now or before the next look."""
        self._shared_bytes = self._hosts_bytes(self._jails)
        for jail in self._jails:
            if jail.least_shared_bytes is None:
                jail.grown_bytes(self._shared_bytes)

    def _hosts_bytes(self, but: Iterable[WatchedJail]) -> int:
        """Return the host's shared memory without what some jails have in files."""
        return hosts_shared_bytes(self._meminfo) - sum(each.stored_bytes for each in but)

    def _look(self, jail: WatchedJail, shared_bytes: int) -> None:
        if not jail.look(shared_bytes):
            return
        with self._changed:
            is_watched = any(each is jail for each in self._jails)
            if is_watched and jail.limit is None and not jail.is_hiding:
                jail.end_it()

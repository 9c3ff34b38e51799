"""One zygote: a Python that has started, in a jail of its own, and forks at our request.

What a fork is to run goes to it by descriptors that the zygote hands on unread. A fork that is
ready says so by a socket, through which the kernel tells its pid, and is looked at from outside.
"""

from __future__ import annotations

import asyncio
import marshal
import os
import socket
import struct
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.cgroup import Cgroup
from daytona_validate._jails.descriptors import above_streams, pipe, reserved, sealed
from daytona_validate._jails.fork_task import Closures
from daytona_validate._jails.privileges import is_only, is_shut_in, status_of
from daytona_validate._jails.process import JailProcess
from daytona_validate._jails.spawn import Forked, Spawned
from daytona_validate._jails.starvation_watch import Baseline, baseline_of
from daytona_validate._reason import Reason

ANSWER_S = 20.0
"""How long a zygote may take to start, or a fork; normally 100 ms and 5."""
_ANSWER_BYTES = 1 << 18
_CREDENTIALS = struct.Struct("3i")


class CannotFork(SandboxUnavailable):
    """A zygote, or a fork of one, was not as it must be; a jail of its own serves the program."""

    reason = Reason.HOST_FAILED


@dataclass(slots=True, eq=False)
class Zygote:
    """A zygote that waits for requests, until it is closed."""

    process: JailProcess
    """Its jail."""
    control: socket.socket
    run_as: int | None
    """Who it is on this host; None: the caller."""
    closures: Closures
    forks: int = 0
    """How many it has made."""
    alive: int = 0
    """How many of these run."""
    failures: int = 0
    """How many requests came to no fork."""

    async def forked(
        self, task: bytes, stdin: bytes, group: Cgroup
    ) -> tuple[Spawned, Baseline | None]:
        """Fork, and look at the host; the caller owns every descriptor in the answer.

        Args:
            task: From `fork_task`.
            stdin: Of the program; empty is /dev/null.
            group: Which it joins.

        Returns:
            The fork, and how things stood before its program began; None: it was gone by then.

        Raises:
            CannotFork: It did not, or not as it must.
        """
        self.forks += 1
        try:
            with ExitStack() as kept:
                found = await self._forked(task, stdin, group, kept)
                kept.pop_all()
                return found
        except (OSError, TimeoutError) as error:
            raise CannotFork(f"A zygote did not fork: {error}.") from error

    async def _forked(
        self, task: bytes, stdin: bytes, group: Cgroup, kept: ExitStack
    ) -> tuple[Spawned, Baseline | None]:
        with ExitStack() as lent:
            spawned, notes, their_status = self._asked(task, stdin, group, lent=lent, kept=kept)
            pid = await _pid_of_ready(notes)
            pidfd = os.pidfd_open(pid)
            kept.callback(os.close, pidfd)
            baseline = await asyncio.to_thread(self._look_at, pid, group)
            # As bubblewrap says that of its child. Not in the thread, which goes on if this is
            # cancelled: the number may then be another descriptor's.
            os.write(their_status, b'{"child-pid": %d}\n' % pid)
        notes.detach()
        return replace(spawned, popen=Forked(pid), pidfd=pidfd), baseline

    def _asked(
        self, task: bytes, stdin: bytes, group: Cgroup, *, lent: ExitStack, kept: ExitStack
    ) -> tuple[Spawned, socket.socket, int]:
        """Ask for a fork; return what it is to become, our socket to it, and its status pipe.

        It is called in the loop, for a tenth of a millisecond: what it writes to is in memory.
        """
        status, their_status = pipe(kept, lent)
        stdout, their_stdout = pipe(kept, lent)
        stderr, their_stderr = pipe(kept, lent)
        notes, their_notes = socket.socketpair()
        kept.enter_context(notes)
        notes.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        notes.setblocking(False)
        for each in (status, their_status, stdout, stderr):
            os.set_blocking(each, False)
        if self.run_as is not None:  # so that /dev/stdout can be opened inside
            for each in (their_stdout, their_stderr):
                os.fchown(each, self.run_as, self.run_as)
        given = [their_stdout, their_stderr, their_notes.fileno(), their_status]
        with their_notes:
            given.append(sealed(lent, task))
            given += _opened(lent, group.joining_files())
            if stdin:
                given += _opened(lent, [f"/proc/self/fd/{sealed(lent, stdin)}"], os.O_RDONLY)
            socket.send_fds(self.control, [b"fork"], given)
        for_ends = (reserved(kept, status), reserved(kept, status))
        gate = above_streams(os.open("/dev/null", os.O_WRONLY | os.O_CLOEXEC))
        kept.callback(os.close, gate)
        spawned = Spawned(Forked(0), status, gate, stdout, stderr, notes.fileno(), for_ends)
        return spawned, notes, their_status

    def _look_at(self, pid: int, group: Cgroup) -> Baseline | None:
        """Look at a fork from outside, and at the host before the program begins.

        Raises:
            CannotFork: It is not shut in.
        """
        status = status_of(pid)
        if status is None or not group.holds(pid):
            raise CannotFork("A fork has not joined its control group.")
        user = os.getuid() if self.run_as is None else self.run_as
        is_nobody_else = self.run_as is None or is_only(status, self.run_as)
        if not (is_nobody_else and is_shut_in(status, user)):
            raise CannotFork("A fork is not shut in.")
        return baseline_of(pid, names_others=False)


def _opened(stack: ExitStack, paths: list[str], flags: int = os.O_WRONLY) -> list[int]:
    found = []
    for each in paths:
        found.append(above_streams(os.open(each, flags | os.O_CLOEXEC)))
        stack.callback(os.close, found[-1])
    return found


async def started(process: JailProcess, control: socket.socket, run_as: int | None) -> Zygote:
    """Wait until a zygote is ready for requests.

    Args:
        process: Its jail, whose gate is open.
        control: Our end of the socket that its program has.
        run_as: Who it is.

    Raises:
        CannotFork: It ended, or did not say so in time.
    """
    try:
        async with asyncio.timeout(ANSWER_S):
            await _readable(control, process.ended)
        closures = marshal.loads(control.recv(_ANSWER_BYTES))  # noqa: S302 - no snippet was there
    except (OSError, TimeoutError, EOFError, ValueError, TypeError) as error:
        raise CannotFork(f"A zygote did not start: {error}.") from error
    return Zygote(process, control, run_as, closures)


async def _pid_of_ready(notes: socket.socket) -> int:
    """Wait until a fork says that it is ready; return its pid, as the kernel tells it."""
    async with asyncio.timeout(ANSWER_S):
        await _readable(notes)
    said, ancillary, _, _ = notes.recvmsg(512, socket.CMSG_SPACE(_CREDENTIALS.size))
    pids: list[int] = [
        _CREDENTIALS.unpack(data)[0]
        for level, kind, data in ancillary
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_CREDENTIALS)
    ]
    if said != b"ready\n" or len(pids) != 1 or pids[0] <= 1:
        raise CannotFork(f"A fork is not ready: {said.decode('utf-8', 'replace').strip()}")
    return pids[0]


async def _readable(one: socket.socket, ended: asyncio.Event | None = None) -> None:
    loop = asyncio.get_running_loop()
    is_readable = asyncio.Event()
    loop.add_reader(one.fileno(), is_readable.set)
    ends = None if ended is None else loop.create_task(ended.wait())
    if ends is not None:
        ends.add_done_callback(lambda _: is_readable.set())
    try:
        await is_readable.wait()
    finally:
        loop.remove_reader(one.fileno())
        if ends is not None:
            ends.cancel()
            with suppress(asyncio.CancelledError):
                await ends

"""One running jail: its output read within bounds, its end noticed, its whole tree killed.

Everything here is driven by readable descriptors (`loop.add_reader` on pipes and pidfds), which
asyncio and uvloop offer alike and which needs neither signals nor the main thread.

Killing means killing the jail's first process: with it the kernel ends its whole pid namespace,
and bubblewrap, which waits for it, then ends by itself and reports. A jail has ended when both
have, so nothing of it is alive when a result is returned.
"""

from __future__ import annotations

import asyncio
import logging
import os
import resource
import signal
from collections.abc import Callable
from contextlib import suppress

from daytona_validate._errors import SandboxLost
from daytona_validate._jails.jail import NEXT
from daytona_validate._jails.output import Output
from daytona_validate._jails.spawn import HAS_IDS, Spawned
from daytona_validate._jails.status import JailStatus, jail_status
from daytona_validate._models import Limits
from daytona_validate._runtime.now import now_s

START_S = 20.0
"""How long bubblewrap may take to have a jail ready; normally 5 ms."""
KILL_S = 10.0
"""How long a killed tree may take to be gone; under load 0.4 s were seen."""
CHUNK_BYTES = 65_536  # what a pipe holds
STATUS_BYTES = 4096

_logger = logging.getLogger("daytona_validate")


class JailProcess:
    """Child process: a bubblewrap and the tree under it; it must be ended with `destroy()`.

    Args:
        spawned: Descriptors and process, which from now on belong to this object.
        limits: How much output is kept, and how much is read at all.
        commands: How many it runs; it pauses between two.
        on_stdout: Takes stdout as it comes, which then is not kept; None keeps it.
    """

    def __init__(
        self,
        spawned: Spawned,
        *,
        limits: Limits,
        commands: int = 1,
        on_stdout: Callable[[bytes], None] | None = None,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._popen = spawned.popen
        self._limits = limits
        self._on_stdout = on_stdout
        self.output = Output(limits, on_stdout)
        """Of the command that runs, or ran last."""
        self._status_text = b""
        self.status = JailStatus()
        """What bubblewrap has reported so far."""
        self._status_pipe: int = spawned.status
        self._status_is_open = True
        self._gate: int | None = spawned.gate
        self._readers: dict[int, Callable[[], object]] = {}
        self._alive: set[int] = set()
        self._child: int | None = None
        self.rusage: resource.struct_rusage | None = None
        """What bubblewrap and all that was waited for used; None if somebody else reaped it."""
        self.released_at_s = 0.0
        self.ended_at_s = 0.0
        self.pid_known = asyncio.Event()
        """Set when the pid of the first process is known, or never will be."""
        self.needs_attention = asyncio.Event()
        """Set when the jail has ended, pauses, floods us with output, or its stdout cannot be
        handed on."""
        self.is_paused = False
        """Whether one command has ended well, and the next waits to be let go on."""
        self._pauses_left = commands - 1
        self.ended = asyncio.Event()
        self.first_process_report = b""
        """What the first process had to say."""
        self._stdout_pipe, self._stderr_pipe = spawned.stdout, spawned.stderr
        self._notes_pipe = spawned.notes
        self._reserved = list(spawned.reserved)
        self._open_descriptors = {spawned.status, spawned.stdout, spawned.stderr, spawned.notes}
        self._watch(spawned.stdout, lambda: self._read_output(spawned.stdout))
        self._watch(spawned.stderr, lambda: self._read_output(spawned.stderr))
        self._watch(spawned.status, self._read_status)
        self._watch(spawned.notes, self._read_notes)
        self._watch_end(self._popen.pid, spawned.pidfd)

    @property
    def wall_s(self) -> float:
        """Seconds from the release of its last command to that command's end."""
        return max(0.0, self.ended_at_s - self.released_at_s) if self.released_at_s else 0.0

    async def first_process(self) -> int:
        """Wait until the jail waits at its gate; return the pid of its first process.

        Raises:
            SandboxLost: Bubblewrap ended before, or took too long.
        """
        try:
            async with asyncio.timeout(START_S):
                await self.pid_known.wait()
        except TimeoutError:
            raise SandboxLost(f"Bubblewrap did not start a jail within {START_S:g} s.") from None
        pid = self.status.child_pid
        if pid is None:
            raise SandboxLost(f"Bubblewrap made no jail: {self.last_error_line()}")
        return pid

    def say_ids_are_given(self) -> None:
        """Let bubblewrap make the jail, which has ids of its own, up to its gate."""
        if self._gate is not None:
            with suppress(BrokenPipeError):  # it has ended, which is noticed
                os.write(self._gate, HAS_IDS)

    def open_gate(self) -> None:
        """Let the jail start; its time runs from here."""
        self._start_next()
        self._close_gate()

    def go_on(self) -> None:
        """Let the next command start, with output and time of its own."""
        self.is_paused = False
        self.output = Output(self._limits, self._on_stdout)
        if not self.ended.is_set():
            self.needs_attention.clear()
        self._start_next()

    def release_if_ended(self) -> bool:
        """Let go of everything if the tree is gone; else do nothing, and return False."""
        if self.ended.is_set():
            self._close()
        return self.ended.is_set()

    def last_error_line(self) -> str:
        """Return the last line of its error output: bubblewrap's own if nothing was started."""
        lines = self.output.stderr.value().decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else "it gave no reason."

    def kill(self) -> None:
        """Kill the whole tree, if its first process is known and alive."""
        if self._child is not None and self._child in self._alive:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._child, signal.SIGKILL)
            self._close_gate()  # bubblewrap may wait there for ids, and has to notice the end

    async def destroy(self) -> None:
        """Kill the tree, wait until all of it is gone, and let go of everything.

        Raises:
            SandboxLost: It was still not gone after `KILL_S`.
        """
        try:
            await self.end()
        finally:
            self._close()
        if not self.ended.is_set():
            _logger.error("The jail of pid %d could not be killed.", self._popen.pid)
            raise SandboxLost(f"The jail of pid {self._popen.pid} could not be killed.")

    async def end(self) -> None:
        """Kill the tree and wait until it is gone, within bounds."""
        if self.ended.is_set():
            return
        # Killing bubblewrap alone, before it has bound its child's life to its own, would leave
        # the child; so the child's pid is waited for, and at last the whole group is killed.
        with suppress(TimeoutError):
            async with asyncio.timeout(KILL_S):
                await self.pid_known.wait()
        self.kill()
        if self._child is None and not self.ended.is_set():
            with suppress(ProcessLookupError):
                os.killpg(self._popen.pid, signal.SIGKILL)
        with suppress(TimeoutError):
            async with asyncio.timeout(KILL_S):
                await self.ended.wait()

    def _watch(self, descriptor: int, callback: Callable[[], object]) -> None:
        self._readers[descriptor] = callback
        self._loop.add_reader(descriptor, callback)

    def _unwatch(self, descriptor: int) -> None:
        if self._readers.pop(descriptor, None) is not None:
            self._loop.remove_reader(descriptor)

    def _watch_end(self, pid: int, pidfd: int | None = None) -> int:
        os.close(self._reserved.pop())
        descriptor = os.pidfd_open(pid) if pidfd is None else pidfd
        self._open_descriptors.add(descriptor)
        self._alive.add(descriptor)
        self._watch(descriptor, lambda: self._note_end(descriptor))
        return descriptor

    def _note_end(self, descriptor: int) -> None:
        self._unwatch(descriptor)
        self._read_status()
        self._alive.discard(descriptor)
        if self._alive:
            # If bubblewrap was killed, its jail dies by the kernel's hand; do not count on it.
            self.kill()
            return
        self._drain()
        self._read_notes()
        for pipe in (self._stdout_pipe, self._stderr_pipe, self._status_pipe, self._notes_pipe):
            self._unwatch(pipe)
        self._reap()
        for event in (self.pid_known, self.needs_attention, self.ended):
            event.set()

    def _reap(self) -> None:
        try:
            _, status, self.rusage = os.wait4(self._popen.pid, 0)
            self._popen.returncode = os.waitstatus_to_exitcode(status)
        except ChildProcessError:  # the application ignores SIGCHLD, or waits for all children
            self._popen.returncode = 0

    def _read_status(self) -> None:
        """Read what bubblewrap has said; once its child is known, it is asked at its end only."""
        while self._status_is_open:
            try:
                chunk = os.read(self._status_pipe, STATUS_BYTES)
            except BlockingIOError:
                break
            self._status_is_open = bool(chunk)
            self._status_text += chunk
        self.status = jail_status(self._status_text)
        pid = self.status.child_pid
        if pid is not None and not self.pid_known.is_set():  # once: it may be gone already
            with suppress(ProcessLookupError):
                self._child = self._watch_end(pid)
            self.pid_known.set()
        if pid is not None or not self._status_is_open:
            self._unwatch(self._status_pipe)

    def _read_notes(self) -> None:
        chunk = b""
        with suppress(BlockingIOError, ConnectionResetError):
            chunk = os.read(self._notes_pipe, STATUS_BYTES)
        if not chunk:
            self._unwatch(self._notes_pipe)
        self.first_process_report += chunk
        if self.first_process_report == NEXT and self._pauses_left:
            self.first_process_report = b""
            self._pauses_left -= 1
            self._drain()
            self.is_paused = True
            self.needs_attention.set()

    def _drain(self) -> None:
        """Take all that was written until now, and the time."""
        self.ended_at_s = now_s()
        for pipe in (self._stdout_pipe, self._stderr_pipe):
            while pipe in self._readers and self._read_output(pipe):
                pass

    def _read_output(self, pipe: int) -> bool:
        """Take the next chunk of a stream; return whether there may be more at once."""
        try:
            chunk = os.read(pipe, CHUNK_BYTES)
        except BlockingIOError:
            return False
        if not chunk:
            self._unwatch(pipe)
            return False
        self.output.take(chunk, is_stderr=pipe == self._stderr_pipe)
        if self.output.is_flooding:
            self._unwatch(self._stdout_pipe)  # the full pipe holds it back until it is killed
            self._unwatch(self._stderr_pipe)
        if self.output.is_flooding or self.output.sink_error is not None:
            self.needs_attention.set()
        return True

    def _start_next(self) -> None:
        self.released_at_s = now_s()
        with suppress(ConnectionError):  # it was killed meanwhile, and its end is noticed
            os.write(self._notes_pipe, NEXT)

    def _close_gate(self) -> None:
        if self._gate is not None:
            os.close(self._gate)
            self._gate = None

    def _close(self) -> None:
        for descriptor in tuple(self._readers):
            self._unwatch(descriptor)
        for descriptor in (*self._open_descriptors, *self._reserved):
            os.close(descriptor)
        self._open_descriptors.clear()
        self._reserved.clear()
        self._close_gate()

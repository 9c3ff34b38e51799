"""The container init of an emulated machine: its commands run in one jail, under one program.

Two languages, one subject. `keeper.pl` is the program in the jail: it starts the commands, so that
what one leaves running is there for the next, and its header has the protocol. This file is the
other end: it decides how long is waited, as `keeper.pl` knows no time, and it does not trust what
it reads, as a program of the machine may have taken `keeper.pl` over. `keeper_socket.py` is the
connection between them; `keeper_launch.py` joins `keeper_daemon.pl` and `keeper.pl` into one
program, and reads what they report. `keeper_daemon.pl` stands in for Daytona's daemon: it answers
the programs of the machine at port 2280, and has no way to this process.
"""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from daytona_validate._errors import SandboxLost
from daytona_validate._models import Limit, Step
from daytona_validate._runtime.cleanup import finish
from daytona_validate._runtime.tasks import ended

HOLDS_S = 30.0
"""How long the daemon waits, once a shell has ended, for whoever still holds its output (v0.190).
Past a command's time limit it waits for ever."""
ENDING_S = 30.0
"""For a jail to end whose keeper is gone: its first process ends with the keeper."""
CLOSING_S = 60.0

_LINE = re.compile(rb"(out|say) (\d{1,9}) (\d{1,5})\n")
_PID = re.compile(rb"pid (\d+)\n")
_REPORT_BYTES = 1000


@dataclass(frozen=True, slots=True)
class CommandReport:
    """Command report: what `keeper.pl` told of a command that has ended."""

    report: bytes
    """How its shell was started, and how it ended; empty if nobody lived to tell."""
    output: bytes
    is_timed_out: bool = False
    limit: Limit | None = None
    """DISK, OUTPUT, or what ended the jail of all commands."""


@dataclass(slots=True, eq=False)
class _RunningCommand:
    """A running command."""

    most_bytes: int
    output: bytearray = field(default_factory=bytearray)
    report: bytearray = field(default_factory=bytearray)
    has_ended: asyncio.Event = field(default_factory=asyncio.Event)
    """Its shell has ended."""
    is_read: asyncio.Event = field(default_factory=asyncio.Event)
    """Nobody holds its output any more."""
    is_flooding: bool = False
    is_doomed: bool = False
    """Its shell's group is to be killed, as soon as it is known."""
    is_left: bool = False
    """Nobody waits for it any more."""

    def take(self, kind: bytes, chunk: bytes) -> None:
        """Take what is told of it; an empty chunk is the end."""
        if kind == b"say":
            self.report += chunk[: _REPORT_BYTES - len(self.report)]
            if not chunk:
                self.has_ended.set()
            return
        self.output += chunk
        self.is_flooding = len(self.output) >= self.most_bytes
        if self.is_flooding:
            self.give_up()
        elif not chunk:
            self.is_read.set()

    def give_up(self) -> None:
        """Wait for nothing more."""
        self.has_ended.set()
        self.is_read.set()


class Keeper:
    """Container init: a running jail, and the connection to the program in it that starts commands.

    Args:
        jail: Its end: a step, or None where the folders held too much. It is the keeper's own.
        reader: What the keeper tells.
        writer: What the keeper is told.
        most_bytes: How much output of one command is read.
        holds_s: How long it waits, once a shell has ended, for whoever still holds its output.
    """

    def __init__(
        self,
        jail: asyncio.Future[Step | None],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        most_bytes: int,
        holds_s: float = HOLDS_S,
    ) -> None:
        self._jail = jail
        self._holds_s = holds_s
        self._reader = reader
        self._writer = writer
        self._most_bytes = most_bytes
        self._numbers = itertools.count(1)
        self._running: dict[int, _RunningCommand] = {}
        self.is_over = False
        """Nothing more can be run in it."""
        self._listening = asyncio.create_task(self._listen())

    @property
    def is_busy(self) -> bool:
        """Whether a command runs."""
        return bool(self._running)

    async def run(
        self,
        command: bytes,
        *,
        folder: str,
        environment: Mapping[str, str],
        timeout_s: float | None,
    ) -> CommandReport:
        """Run a command and return what became of it, as soon as the daemon would answer.

        Args:
            command: The stdin of a shell.
            folder: Where it starts.
            environment: Added to the machine's.
            timeout_s: Wall seconds after which the shell's group is killed; None: no limit.

        Raises:
            SandboxLost: The machine was removed or stopped, or its keeper wrote nonsense.
            SandboxUnavailable: The machine's jail failed.
        """
        number, running = next(self._numbers), _RunningCommand(self._most_bytes)
        self._running[number] = running
        variables = "\0".join(f"{name}={value}" for name, value in environment.items()).encode()
        self._send_run(number, folder.encode(), variables, command)
        if self.is_over:
            running.give_up()
        is_answered = is_timed_out = False
        try:
            try:
                async with asyncio.timeout(timeout_s):
                    await _answer(running, self._holds_s)
            except TimeoutError:
                is_timed_out = True
                self._kill(running)
                await running.is_read.wait()
            is_answered = not running.is_flooding
        finally:
            if not is_answered:  # it was called off, or floods
                self._kill(running)
            self._leave(number, running)
        limit = Limit.OUTPUT if running.is_flooding else await self._limit()
        return CommandReport(bytes(running.report), bytes(running.output), is_timed_out, limit)

    async def aclose(self) -> None:
        """Wait until its jail has ended, which somebody else has seen to; safe to call twice."""
        self._writer.close()
        await finish(ended(self._jail, self._listening), grace_s=CLOSING_S)

    async def _listen(self) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):  # its jail has ended
            with suppress(asyncio.LimitOverrunError):
                while match := _LINE.fullmatch(await self._reader.readuntil(b"\n")):
                    chunk = await self._reader.readexactly(int(match[3]))
                    self._hear(match[1], int(match[2]), chunk)
            self._jail.cancel()  # that was no keeper of ours
        self._writer.close()
        self.is_over = True
        for running in self._running.values():
            running.give_up()

    def _hear(self, kind: bytes, number: int, chunk: bytes) -> None:
        running = self._running.get(number)
        if running is None:
            return
        running.take(kind, chunk)
        if running.is_doomed:
            self._kill(running)
        if running.is_left:
            self._leave(number, running)

    def _leave(self, number: int, running: _RunningCommand) -> None:
        """Read no more of a command, and forget it once its shell has ended."""
        if not running.is_left and (running.is_flooding or not running.is_read.is_set()):
            self._send(f"drop {number}\n".encode())
        running.is_left = True
        if running.has_ended.is_set() or not running.is_doomed:
            self._running.pop(number, None)

    async def _limit(self) -> Limit | None:
        """Return what ended the jail; None: it goes on, or somebody in it killed the keeper."""
        if not self.is_over:
            return None
        await asyncio.wait({self._jail}, timeout=ENDING_S)
        if not self._jail.done() or self._jail.cancelled():
            self._jail.cancel()
            raise SandboxLost("The emulated machine was lost while the command ran.")
        step = self._jail.result()
        return Limit.DISK if step is None else step.limit

    def _kill(self, running: _RunningCommand) -> None:
        pid = _PID.match(running.report)
        running.is_doomed = pid is None
        if pid is not None:
            self._send(b"kill %s\n" % pid[1])

    def _send_run(self, number: int, *texts: bytes) -> None:
        lengths = " ".join(str(len(each)) for each in texts)
        self._send(f"run {number} {lengths}\n".encode() + b"".join(texts))

    def _send(self, line: bytes) -> None:
        if not self._writer.is_closing():
            self._writer.write(line)


async def _answer(running: _RunningCommand, holds_s: float) -> None:
    """Wait until the daemon would answer."""
    await running.has_ended.wait()
    with suppress(TimeoutError):
        async with asyncio.timeout(holds_s):
            await running.is_read.wait()

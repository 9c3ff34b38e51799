"""A machine of the emulator's: a jail with its commands, and others with its files."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from daytona_validate._emulator.machines.keeper import Heard, Keeper
from daytona_validate._emulator.machines.keeper_launch import LOST, Launcher, shell_end
from daytona_validate._emulator.machines.keeper_socket import door_bind, entered, opened
from daytona_validate._emulator.machines.machine_disk import MachineDisk
from daytona_validate._emulator.machines.machine_jail import HOME
from daytona_validate._errors import SandboxLost
from daytona_validate._jails.jail import Jail
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limit, Step

UNLIMITED_S = 365 * 86_400.0
"""For what has no time limit, which auto-stop ends much earlier."""
FILE_S = 60.0
"""For reading or writing one file."""

_MAX_PATH_BYTES = 4095
_MAX_ARGUMENT_BYTES = 131_071

# They end with the number of an error, by which Python picks the class.
_READ = (
    f'[ -e "$1" ] || exit {errno.ENOENT}; [ -d "$1" ] && exit {errno.EISDIR}; '
    f'[ -f "$1" ] || exit {errno.EINVAL}; [ -r "$1" ] || exit {errno.EACCES}; exec cat -- "$1"'
)
_WRITE = (
    f'[ -d "$1" ] && exit {errno.EISDIR}; [ -e "$1" ] && ! [ -f "$1" ] && exit {errno.EINVAL}; '
    f'mkdir -p -- "${{1%/*}}/" && cat >"$1" || exit {errno.EACCES}'
)
_ERRORS = {
    Limit.DISK: errno.ENOSPC,
    Limit.MEMORY: errno.ENOMEM,
    Limit.OUTPUT: errno.EFBIG,
    Limit.PROCESSES: errno.EAGAIN,
    Limit.TIMEOUT: errno.ETIMEDOUT,
}


@dataclass(frozen=True, slots=True)
class Executed:
    """What a command did."""

    exit_code: int
    """0 to 255; -1: its shell was ended by a signal, or could not be started (a missing cwd)."""
    output: bytes
    """Both streams, in order."""
    is_timed_out: bool = False
    limit: Limit | None = None
    """What ended it, or ran out while it ran: TIMEOUT, MEMORY, PROCESSES, DISK or OUTPUT, of
    which there may be 64 MiB."""


class EmulatedMachine:
    """One machine, which lasts until `remove()`.

    Args:
        jail: What each of its jails has, its lasting folders too, with nothing to run yet.
        disk: Of these folders.
        door: The folder of the socket by which its keeper reaches us.
        launcher: Starts the commands in them.
        runner: Starts the jails.
        on_removal: Called once it is removed.
    """

    def __init__(
        self,
        jail: Jail,
        disk: MachineDisk,
        *,
        door: Path,
        launcher: Launcher,
        runner: JailRunner,
        on_removal: Callable[[EmulatedMachine], None],
    ) -> None:
        self._jail = jail
        self._door = door
        self._keeper: Keeper | None = None
        self._starting = asyncio.Lock()
        self._disk = disk
        self._launcher = launcher
        self._runner = runner
        self._on_removal = on_removal

    @property
    def has_daemon(self) -> bool:
        """Whether its programs find the port of Daytona's daemon open."""
        return self._launcher.perl is not None

    async def execute(
        self,
        command: str,
        *,
        cwd: str | None = None,
        environment: Mapping[str, str] | None = None,
        timeout_s: float | None = None,
    ) -> Executed:
        """Feed a command to a shell, beside what other commands have left running.

        As under the daemon, the answer is there once nobody holds the command's output any more,
        30 s after the shell's end at the latest; but past a time limit, whenever that is.

        Args:
            command: Any number of lines.
            cwd: Where it starts; None is `HOME`.
            environment: Added to the machine's.
            timeout_s: Wall seconds, after which the shell's process group is killed; None: no
                limit.

        Raises:
            SandboxLost: The machine was removed, or its jail died by another's hand.
            SandboxUnavailable: The jail could not be started.
        """
        folder = str(PurePosixPath(HOME, _text(cwd or HOME)))
        added = {_text(name): _text(value) for name, value in (environment or {}).items()}
        refusal = _refusal(folder, *(f"{name}={value}" for name, value in added.items()))
        if refusal:
            return Executed(LOST, f"fork/exec {self._launcher.shell}: {refusal}".encode())
        text = _text(command).encode()
        if self._launcher.perl is None:
            return await self._alone(text, folder, added, timeout_s)
        keeper = await self._keeper_here()
        heard = await keeper.run(text, folder=folder, environment=added, timeout_s=timeout_s)
        is_overfull = heard.limit is None and await self._disk.is_too_much()
        return _kept(heard, is_overfull=is_overfull)

    async def write(self, path: str, content: bytes) -> None:
        """Put a file there, and the folders above it, as a program of the machine would.

        Raises:
            OSError: ENOSPC: it does not fit. IsADirectoryError; PermissionError; EINVAL: what is
                there is no file.
            SandboxLost, SandboxUnavailable: As for `execute`.
        """
        if await self._disk.is_too_much(len(content)):
            raise _error(errno.ENOSPC, path)
        await self._on_file(_WRITE, path, stdin=content)

    async def read(self, path: str) -> bytes:
        """Return a file's content, as a program of the machine would read it.

        Raises:
            OSError: FileNotFoundError; IsADirectoryError; PermissionError; EINVAL: it is no
                file; EFBIG: it is larger than 64 MiB.
            SandboxLost, SandboxUnavailable: As for `execute`.
        """
        return await self._on_file(_READ, path)

    async def halt(self) -> None:
        """End what runs, and keep the folders; whoever waits for it gets `SandboxLost`."""
        await self._disk.halt()
        await self._let_go()

    async def remove(self) -> None:
        """End what runs, and remove the folders; safe to call twice, and at the same time.

        Raises:
            OSError: Something of them could not be removed.
        """
        try:
            await self._disk.end()
        finally:
            await self._let_go()
            self._on_removal(self)

    async def _keeper_here(self) -> Keeper:
        """Return the keeper, started if there is none, or none any more."""
        async with self._starting:
            if self._keeper is None or self._keeper.is_over:
                await self._let_go()
                self._keeper = await self._started_keeper()
            return self._keeper

    async def _started_keeper(self) -> Keeper:
        jail = replace(
            self._jail,
            argv=self._launcher.keeper_argv(),
            binds=(*self._jail.binds, door_bind(self._door)),
        )
        if self._disk.is_over:
            raise SandboxLost("The machine was removed.")
        with opened(self._door) as listener:
            run = self._runner.run(jail, timeout_s=UNLIMITED_S)
            ending = asyncio.create_task(self._disk.of(run, is_busy=self._is_busy))
            ending.add_done_callback(_retrieve)
            return await entered(listener, ending, most_bytes=jail.limits.max_output_bytes)

    def _is_busy(self) -> bool:
        return self._keeper is None or self._keeper.is_busy

    async def _let_go(self) -> None:
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            await keeper.aclose()

    async def _alone(
        self, command: bytes, folder: str, added: Mapping[str, str], timeout_s: float | None
    ) -> Executed:
        """Run a command in a jail of its own, where there is no perl to keep one."""
        jail = replace(
            self._jail,
            argv=self._launcher.argv(folder),
            environment={**self._jail.environment, **added},
        )
        output = bytearray()
        step = await self._disk.of(
            self._runner.run(
                jail, timeout_s=timeout_s or UNLIMITED_S, stdin=command, on_stdout=output.extend
            )
        )
        is_overfull = step is None or await self._disk.is_too_much()
        return _executed(step, bytes(output), is_overfull=is_overfull)

    async def _on_file(self, script: str, path: str, *, stdin: bytes = b"") -> bytes:
        """Do it in a jail: only there may a path lead where a stranger's links point."""
        whole = str(PurePosixPath(HOME, _text(path)))
        if "\0" in whole:
            raise _error(errno.EINVAL, path)
        if len(whole.encode()) > _MAX_PATH_BYTES:
            raise _error(errno.ENAMETOOLONG, path)
        jail = Jail(
            argv=("sh", "-c", script, "sh", whole),
            limits=self._jail.limits,
            binds=self._jail.binds,
            lasting=self._jail.lasting,
            ids=self._jail.ids,
            folder=self._jail.folder,
        )
        content = bytearray()
        step = await self._disk.of(
            self._runner.run(jail, timeout_s=FILE_S, stdin=stdin, on_stdout=content.extend)
        )
        number = errno.ENOSPC if step is None else _error_number(step)
        if number:
            raise _error(number, path)
        return bytes(content)


def _executed(step: Step | None, output: bytes, *, is_overfull: bool) -> Executed:
    if step is None:
        return Executed(LOST, output, limit=Limit.DISK)
    end = shell_end(step.stderr)
    is_timed_out = step.limit is Limit.TIMEOUT and step.exit_code is None
    return Executed(
        exit_code=end.exit_code,
        output=output + end.why_unstarted.encode(),
        is_timed_out=is_timed_out,
        limit=step.limit or (Limit.DISK if is_overfull else None),
    )


def _retrieve(ending: asyncio.Task[Step | None]) -> None:
    """Take notice of how a jail ended that nobody waits for."""
    if not ending.cancelled():
        ending.exception()


def _kept(heard: Heard, *, is_overfull: bool) -> Executed:
    end = shell_end(heard.report)
    limit = Limit.TIMEOUT if heard.is_timed_out else heard.limit
    return Executed(
        exit_code=LOST if limit in (Limit.TIMEOUT, Limit.OUTPUT) else end.exit_code,
        output=heard.output + end.why_unstarted.encode(),
        is_timed_out=heard.is_timed_out,
        limit=limit or (Limit.DISK if is_overfull else None),
    )


def _refusal(folder: str, *arguments: str) -> str | None:
    """Return the system's words for what no process can be given, or None."""
    if any("\0" in each for each in (folder, *arguments)):
        return "invalid argument"
    if any(len(each.encode()) > _MAX_ARGUMENT_BYTES for each in (folder, *arguments)):
        return "argument list too long"
    return None


def _text(text: str) -> str:
    """Return text that can be encoded: JSON may bring half of a pair of surrogates."""
    return text.encode("utf-8", "replace").decode()


def _error(number: int, path: str) -> OSError:
    return OSError(number, os.strerror(number), path)


def _error_number(step: Step) -> int:
    if step.limit is not None:
        return _ERRORS[step.limit]
    return errno.EIO if step.exit_code is None else step.exit_code

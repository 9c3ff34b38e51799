"""A machine of the emulator's: jails one after the other, or at once, over folders that last."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from daytona_validate._emulator.machines.jail import HOME
from daytona_validate._emulator.machines.launch import LOST, Launcher, shell_end
from daytona_validate._emulator.machines.occupancy import Occupancy
from daytona_validate._models import Limit, Step
from daytona_validate._providers.local.jails.jail import Jail
from daytona_validate._providers.local.jails.runner import JailRunner

UNLIMITED_S = 86_400.0
"""For a command without a time limit, which auto-stop ends much earlier."""
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


class Machine:
    """One machine, which lasts until `remove()`.

    Args:
        jail: What each of its jails has, its lasting folders too, with nothing to run yet.
        occupancy: Of these folders.
        launcher: Starts the commands in them.
        runner: Starts the jails.
        on_removal: Called once it is removed.
    """

    def __init__(
        self,
        jail: Jail,
        occupancy: Occupancy,
        *,
        launcher: Launcher,
        runner: JailRunner,
        on_removal: Callable[[Machine], None],
    ) -> None:
        self._jail = jail
        self._occupancy = occupancy
        self._launcher = launcher
        self._runner = runner
        self._on_removal = on_removal

    async def execute(
        self,
        command: str,
        *,
        cwd: str | None = None,
        environment: Mapping[str, str] | None = None,
        timeout_s: float | None = None,
    ) -> Executed:
        """Feed a command to a shell, in a jail of its own over the machine's folders.

        Args:
            command: Any number of lines.
            cwd: Where it starts; None is `HOME`.
            environment: Added to the machine's.
            timeout_s: Wall seconds, after which all that it started is killed; None: no limit.

        Raises:
            SandboxLost: The machine was removed, or the jail died by another's hand.
            SandboxUnavailable: The jail could not be started.
        """
        folder = str(PurePosixPath(HOME, _text(cwd or HOME)))
        added = {_text(name): _text(value) for name, value in (environment or {}).items()}
        refusal = _refusal(folder, *(f"{name}={value}" for name, value in added.items()))
        if refusal:
            return Executed(LOST, f"fork/exec {self._launcher.shell}: {refusal}".encode())
        jail = replace(
            self._jail,
            argv=self._launcher.argv(folder),
            environment={**self._jail.environment, **added},
        )
        output = bytearray()
        step = await self._occupancy.of(
            self._runner.run(
                jail,
                timeout_s=timeout_s or UNLIMITED_S,
                stdin=_text(command).encode(),
                on_stdout=output.extend,
            )
        )
        is_overfull = step is None or await self._occupancy.is_too_much()
        return _executed(step, bytes(output), is_overfull=is_overfull)

    async def write(self, path: str, content: bytes) -> None:
        """Put a file there, and the folders above it, as a program of the machine would.

        Raises:
            OSError: ENOSPC: it does not fit. IsADirectoryError; PermissionError; EINVAL: what is
                there is no file.
            SandboxLost, SandboxUnavailable: As for `execute`.
        """
        if await self._occupancy.is_too_much(len(content)):
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
        await self._occupancy.halt()

    async def remove(self) -> None:
        """End what runs, and remove the folders; safe to call twice, and at the same time.

        Raises:
            OSError: Something of them could not be removed.
        """
        try:
            await self._occupancy.end()
        finally:
            self._on_removal(self)

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
            folder=self._jail.folder,
        )
        content = bytearray()
        step = await self._occupancy.of(
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

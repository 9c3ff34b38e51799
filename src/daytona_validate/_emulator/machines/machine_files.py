"""Files of an emulated machine, read and written in a jail of their own.

Only in a jail may a path lead where a stranger's links point; so a shell does it there.
"""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from pathlib import PurePosixPath

from daytona_validate._emulator.machines.machine_disk import MachineDisk
from daytona_validate._emulator.machines.machine_jail import HOME
from daytona_validate._jails.jail import Jail
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limit, Step

FILE_S = 60.0
"""For reading or writing one file."""

_MAX_PATH_BYTES = 4095

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


class MachineFiles:
    """File transfer: into and out of an emulated machine.

    Args:
        jail: What each jail of the machine has.
        disk: The machine's folders.
        runner: Starts the jails.
    """

    def __init__(self, jail: Jail, disk: MachineDisk, runner: JailRunner) -> None:
        # The languages' overlays, links and variables are for programs.
        self._jail = replace(jail, overlays=(), links=(), environment={}, reserved_mib=0)
        self._disk = disk
        self._runner = runner

    async def write(self, path: str, content: bytes) -> None:
        """Put a file there, and the folders above it, as a program of the machine would.

        Raises:
            OSError: ENOSPC: it does not fit. IsADirectoryError; PermissionError; EINVAL: what is
                there is no file.
            SandboxLost, SandboxUnavailable: As for `EmulatedMachine.execute`.
        """
        if await self._disk.is_too_much(len(content)):
            raise _error(errno.ENOSPC, path)
        await self._run(_WRITE, path, stdin=content)

    async def read(self, path: str) -> bytes:
        """Return a file's content, as a program of the machine would read it.

        Raises:
            OSError: FileNotFoundError; IsADirectoryError; PermissionError; EINVAL: it is no
                file; EFBIG: it is larger than 64 MiB.
            SandboxLost, SandboxUnavailable: As for `EmulatedMachine.execute`.
        """
        return await self._run(_READ, path)

    async def _run(self, script: str, path: str, *, stdin: bytes = b"") -> bytes:
        whole = str(PurePosixPath(HOME, encodable(path)))
        if "\0" in whole:
            raise _error(errno.EINVAL, path)
        if len(whole.encode()) > _MAX_PATH_BYTES:
            raise _error(errno.ENAMETOOLONG, path)
        jail = replace(self._jail, argv=("sh", "-c", script, "sh", whole))
        content = bytearray()
        step = await self._disk.run_within_quota(
            self._runner.run(jail, timeout_s=FILE_S, stdin=stdin, on_stdout=content.extend)
        )
        number = errno.ENOSPC if step is None else _error_number(step)
        if number:
            raise _error(number, path)
        return bytes(content)


def encodable(text: str) -> str:
    """Return text that can be encoded: JSON may bring half of a pair of surrogates."""
    return text.encode("utf-8", "replace").decode()


def _error(number: int, path: str) -> OSError:
    return OSError(number, os.strerror(number), path)


def _error_number(step: Step) -> int:
    if step.limit is not None:
        return _ERRORS[step.limit]
    return errno.EIO if step.exit_code is None else step.exit_code

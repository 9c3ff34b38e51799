"""Ask a program of this machine a question: run it outside any sandbox, briefly.

Only for programs that the caller has installed and for texts of ours; never for a snippet.
"""

from __future__ import annotations

import asyncio
import os
import signal
from asyncio import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from daytona_validate._runtime.cleanup import finish


@dataclass(frozen=True, slots=True)
class Answer:
    """What a host command wrote and how it ended."""

    exit_code: int | None
    """None: it was ended because it took too long. 127: it could not be started."""
    stdout: str
    stderr: str

    @property
    def is_good(self) -> bool:
        """Whether it ended by itself and well."""
        return self.exit_code == 0

    @property
    def complaint(self) -> str:
        """The last line of its error output, for people."""
        lines = self.stderr.strip().splitlines()
        return lines[-1].strip() if lines else f"exit code {self.exit_code}"


async def answer_of(
    argv: Sequence[str], *, environment: Mapping[str, str], timeout_s: float
) -> Answer:
    """Run a command with an empty stdin and only the given environment.

    stdin is a device, never a socket: with a socket there, Debian's bash reads `~/.bashrc`.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(environment),
            cwd="/",
            start_new_session=True,  # so that a wrapper script ends together with what it started
        )
    except OSError as error:
        return Answer(127, "", f"{argv[0]}: {error.strerror or error}")
    try:
        async with asyncio.timeout(timeout_s):
            stdout, stderr = await process.communicate()
    except TimeoutError:
        return Answer(None, "", f"{argv[0]} did not answer within {timeout_s:g} s")
    finally:
        if process.returncode is None:
            await finish(_end(process), grace_s=5.0)
    return Answer(process.returncode, _text(stdout), _text(stderr))


async def _end(process: subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")

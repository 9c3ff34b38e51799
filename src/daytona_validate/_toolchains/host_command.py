"""Ask a program of this host a question: run it outside any sandbox, briefly.

Only for programs that the caller has installed and for texts of ours; never for a snippet.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen, TimeoutExpired

from daytona_validate._runtime.worker_thread import StopSign, in_thread

GLANCE_S = 0.1
"""How often a thread looks up from waiting, to see whether it should stop."""


@dataclass(frozen=True, slots=True)
class CommandAnswer:
    """Result of a host command: what it wrote, and how it ended."""

    exit_code: int | None
    """None: it was ended because it took too long. 127: it could not be started."""
    stdout: str
    stderr: str

    @property
    def is_good(self) -> bool:
        """Whether it ended by itself and well."""
        return self.exit_code == 0

    @property
    def error_text(self) -> str:
        """The last line of its error output, for people."""
        lines = self.stderr.strip().splitlines()
        return lines[-1].strip() if lines else f"exit code {self.exit_code}"


async def answer_of(
    argv: Sequence[str], *, environment: Mapping[str, str], timeout_s: float
) -> CommandAnswer:
    """Run a command with an empty stdin and only the given environment.

    It runs in a thread's hands, not in asyncio's: a cancellation while asyncio starts a process
    kills that process alone, and leaves what a wrapper script has started (3.11); and uvloop
    gives it a socket as stdin, with which Debian's bash reads `~/.bashrc`.
    """
    deadline_s = time.monotonic() + timeout_s

    def ask(sign: StopSign) -> CommandAnswer:
        try:
            process = _started(argv, environment)
        except OSError as error:
            return CommandAnswer(127, "", f"{argv[0]}: {error.strerror or error}")
        with process:
            try:
                while time.monotonic() < deadline_s:
                    sign.heed()
                    with suppress(TimeoutExpired):
                        stdout, stderr = process.communicate(timeout=GLANCE_S)
                        return CommandAnswer(process.returncode, _text(stdout), _text(stderr))
                return CommandAnswer(None, "", f"{argv[0]} did not answer within {timeout_s:g} s")
            finally:
                if process.returncode is None:  # not reaped, so its pid is still its own
                    os.killpg(process.pid, signal.SIGKILL)

    return await in_thread(ask)


def _started(argv: Sequence[str], environment: Mapping[str, str]) -> Popen[bytes]:
    return Popen(
        argv,
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=PIPE,
        env=dict(environment),
        cwd="/",
        start_new_session=True,  # so that a wrapper script ends together with what it started
    )


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def program_text(module: str, file_name: str) -> str:
    """Return the text of a program that stands beside a module, given as its `__file__`."""
    return Path(module).with_name(file_name).read_text(encoding="utf-8")

"""Running jails: the one way in which anything untrusted is started on this machine.

A runner holds what is found out once (bubblewrap, the filter, the common files, whether cgroups
can be written), belongs to no event loop, and serves any number of jails at a time.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from daytona_validate._errors import SandboxLost, SandboxUnavailable
from daytona_validate._models import Limit, Stage, Step
from daytona_validate._providers.local.bubblewrap import Bubblewrap, bubblewrap
from daytona_validate._providers.local.cache_folder import cache_folder
from daytona_validate._providers.local.commands import base
from daytona_validate._providers.local.jail import MIB, Base, Jail, ceilings
from daytona_validate._providers.local.process import JailProcess
from daytona_validate._providers.local.seccomp import seccomp_program
from daytona_validate._providers.local.spawn import Inputs, host_files, spawn
from daytona_validate._runtime.cleanup import finish

DESTROY_S = 30.0
"""More than a jail's own bounded waits take together."""

_NETWORK_FILES = {
    "/etc/resolv.conf": ("/etc/resolv.conf",),
    "/etc/ssl/certs/ca-certificates.crt": (
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/cert.pem",
    ),
}
"""What a jail with network needs of the host's /etc; the first of each that is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What was found here, once."""

    cache: Path
    bubblewrap: Bubblewrap
    base: Base
    seccomp: bytes
    cpus: int


def machine(cache_dir: Path | None = None) -> Machine:
    """Find and prepare what jails need; it reads and writes files, so call it in a thread.

    Raises:
        SandboxUnavailable: Something is missing; the message says what to install or change.
    """
    cache = cache_folder(cache_dir)
    return Machine(
        cache=cache,
        bubblewrap=bubblewrap(cache),
        base=base(cache),
        seccomp=seccomp_program(),
        cpus=os.cpu_count() or 1,
    )


class JailRunner:
    """Starts jails, bounds them, and leaves nothing of them behind."""

    def __init__(self, found: Machine) -> None:
        self._machine = found
        self._processes: set[JailProcess] = set()
        self._is_closed = False

    @classmethod
    async def start(cls, cache_dir: Path | None = None) -> Self:
        """Prepare this machine, and prove that it isolates.

        Raises:
            SandboxUnavailable: It does not, or lacks something; the message says what to change.
        """
        return cls(await asyncio.to_thread(machine, cache_dir))

    @property
    def cache(self) -> Path:
        """The folder that every jail's id can read."""
        return self._machine.cache

    @property
    def base(self) -> Base:
        """What every jail has, without which no toolchain runs."""
        return self._machine.base

    async def run(
        self,
        jail: Jail,
        *,
        timeout_s: float,
        stage: Stage = Stage.RUN,
        stdin: bytes = b"",
        on_stdout: Callable[[bytes], None] | None = None,
    ) -> Step:
        """Run one jail to its end, and return what it did once all of it is gone.

        Args:
            jail: What to run.
            timeout_s: Wall seconds from the start of its first process; then it is killed, and
                what it had written is kept.
            stage: Named in the step.
            stdin: Given as a file that cannot be changed; empty is /dev/null.
            on_stdout: Takes stdout in chunks, in the loop; stdout is then not kept.

        Raises:
            SandboxUnavailable: The jail could not be started. The machine's fault.
            SandboxLost: It was killed by somebody else, or could not be killed.
        """
        if _needed_bytes(jail) > jail.limits.disk_mib * MIB:
            return Step(stage=Stage.SETUP, exit_code=None, limit=Limit.DISK)
        async with self._process(jail, timeout_s, stdin, on_stdout) as process:
            await process.first_process()
            limit = await _halt(process, timeout_s)
        return _step(process, stage, limit)

    async def aclose(self) -> None:
        """Kill what is still running, and start nothing more; safe to call twice."""
        self._is_closed = True
        for process in tuple(self._processes):
            process.kill()
            await process.ended.wait()

    @asynccontextmanager
    async def _process(
        self,
        jail: Jail,
        timeout_s: float,
        stdin: bytes,
        on_stdout: Callable[[bytes], None] | None,
    ) -> AsyncIterator[JailProcess]:
        if self._is_closed:
            raise SandboxUnavailable("The local provider is closed.")
        here = self._machine
        bounds = ceilings(
            jail.limits,
            timeout_s=timeout_s,
            cpus=here.cpus,
            counts_memory=False,
            counts_processes=False,
        )
        etc = host_files(_NETWORK_FILES) if jail.has_network else {}
        inputs = Inputs(seccomp=here.seccomp, stdin=stdin, etc=etc)
        spawned = spawn(here.bubblewrap, jail, base=here.base, bounds=bounds, inputs=inputs)
        process = JailProcess(spawned, limits=jail.limits, on_stdout=on_stdout)
        self._processes.add(process)
        try:
            yield process
        finally:
            self._processes.discard(process)
            await finish(process.destroy(), grace_s=DESTROY_S)


async def _halt(process: JailProcess, timeout_s: float) -> Limit | None:
    """Let the jail run until it ends or must end; return the limit it met, if any."""
    process.release()
    try:
        async with asyncio.timeout(timeout_s):
            await process.halted.wait()
    except TimeoutError:
        return None if process.ended.is_set() else Limit.TIMEOUT
    return Limit.OUTPUT if process.is_flooding else None


def _step(process: JailProcess, stage: Stage, limit: Limit | None) -> Step:
    code = process.status.exit_code
    if code is None:
        raise SandboxLost(f"The sandbox was lost: {process.complaint()}", retryable=True)
    return Step(
        stage=stage,
        exit_code=None if limit else code,
        stdout=process.stdout.value(),
        stderr=process.stderr.value(),
        lost_stdout_bytes=process.stdout.lost_bytes,
        lost_stderr_bytes=process.stderr.lost_bytes,
        limit=limit,
    )


def _needed_bytes(jail: Jail) -> int:
    """Return the whole pages that the files of the work folder take."""
    page = os.sysconf("SC_PAGE_SIZE")
    return sum(-(-len(content) // page) * page for content in jail.files.values())

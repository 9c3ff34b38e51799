"""Taking a running jail through its commands, one clock and one account for each."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Iterable

from daytona_validate._models import Limit, Limits, Stage, Step
from daytona_validate._providers.local.jails.cgroups import Account, Cgroup
from daytona_validate._providers.local.jails.process import JailProcess
from daytona_validate._providers.local.jails.starvation import starved_s, tree
from daytona_validate._providers.local.jails.step import Ended, step


class Walk:
    """What is known of a jail's way through its commands.

    Args:
        process: The jail, waiting at its gate.
        group: What counts its usage.
        limits: The limits it runs under.
    """

    def __init__(self, process: JailProcess, group: Cgroup, limits: Limits) -> None:
        self._process = process
        self._group = group
        self._limits = limits
        self._counted = Account()
        self._passed: list[Step] = []
        self._stage = Stage.SETUP
        self._limit: Limit | None = None
        self._starved_s: float | None = None

    async def go(self, clocks: Iterable[tuple[Stage, float]]) -> None:
        """Let one command run after the other, until one fails or the last has ended.

        Args:
            clocks: Stage and wall seconds of each command.
        """
        process = self._process
        process.open_gate()
        for stage, timeout_s in clocks:
            self._stage = stage
            self._limit = await _halt(process, timeout_s)
            if self._limit is Limit.TIMEOUT:
                self._starved_s = await self._starved()
            if self._limit is not None or not process.is_paused:
                return
            self._passed.append(self._step(exit_code=0))
            process.go_on()

    def steps(self) -> tuple[Step, ...]:
        """Return what each command did, once the jail is gone.

        Raises:
            SandboxLost: It was not the last of them that failed.
        """
        return (*self._passed, self._step(exit_code=self._process.status.exit_code))

    def is_limited(self) -> bool:
        """Whether it was, or is to be, ended for a limit."""
        return self._limit is not None

    async def _starved(self) -> float | None:
        pid = await self._process.first_process()
        seen = await asyncio.to_thread(tree, pid)
        ran_s = self._group.account().since(self._counted).cpu_s
        since_s = asyncio.get_running_loop().time() - self._process.released_at_s
        return starved_s(seen, since_s=since_s, ran_s=ran_s)

    def _step(self, *, exit_code: int | None) -> Step:
        process, so_far = self._process, self._group.account()
        used, self._counted = so_far.since(self._counted), so_far
        ended = Ended(
            exit_code=exit_code,
            stopped_by=self._limit,
            stdout=process.output.stdout,
            stderr=process.output.stderr,
            notes=process.notes,
            wall_s=process.wall_s,
            starved_s=self._starved_s,
            account=used,
            rusage=process.rusage,
            own_peak_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        )
        return step(ended, stage=self._stage, limits=self._limits)


async def _halt(process: JailProcess, timeout_s: float) -> Limit | None:
    """Let the jail run until it ends, pauses or must end; return the limit it met, if any."""
    try:
        async with asyncio.timeout(timeout_s):
            await process.halted.wait()
    except TimeoutError:
        # If the loop was blocked, it may have looked at the clock before it looked at what has
        # ended meanwhile (uvloop 0.23 does). So it gets two turns to do that.
        for _ in range(2):
            await asyncio.sleep(0)
        if not process.halted.is_set():
            return Limit.TIMEOUT
    return Limit.OUTPUT if process.output.is_flooding else None

"""Taking a running jail through its commands, one clock and one account for each."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Iterable

from daytona_validate._errors import SandboxLost
from daytona_validate._jails.cgroup import Cgroup
from daytona_validate._jails.process import JailProcess
from daytona_validate._jails.starvation import Decision, decision, look_s
from daytona_validate._jails.starvation_watch import Baseline, CgroupCpu, Clockwork
from daytona_validate._jails.step import Ended, step
from daytona_validate._jails.tree_watch import WatchedJail
from daytona_validate._models import Limit, Limits, Stage, Step
from daytona_validate._runtime.clocks import extend_the_clocks
from daytona_validate._runtime.now import now_s


class CommandSequence:
    """State machine of a running jail: its commands one after the other, until one fails.

    Args:
        process: The jail, waiting at its gate.
        group: What counts its usage.
        limits: The limits it runs under.
        baseline: How things stood before; None: the jail ended there.
        is_last: Whether it is not run again if it may have been kept from running.
        watched: What watches its memory and files; None: the group bounds them.
        cut_short_at_s: CPU seconds that the caller's own limit leaves a process; None: enough.
    """

    def __init__(
        self,
        process: JailProcess,
        group: Cgroup,
        limits: Limits,
        *,
        baseline: Baseline | None,
        is_last: bool,
        watched: WatchedJail | None = None,
        cut_short_at_s: int | None = None,
    ) -> None:
        self._cut_short_at_s = cut_short_at_s
        self._process = process
        self._group = group
        self._limits = limits
        self._baseline = baseline
        self._is_last = is_last
        self._watched = watched
        self._counted = self._before = group.account()  # bubblewrap has run in it
        self._passed: list[Step] = []
        self._stage = Stage.SETUP
        self._limit: Limit | None = None
        self._decision: Decision | None = None

    async def go(self, clocks: Iterable[tuple[Stage, float]]) -> None:
        """Let one command run after the other, until one fails or the last has ended.

        Args:
            clocks: Stage and limit of each command, in seconds in which it could run.
        """
        process = self._process
        process.open_gate()
        for stage, timeout_s in clocks:
            self._stage = stage
            self._limit = await self._halt(timeout_s)
            if self._limit is not None or not process.is_paused:
                return
            self._passed.append(self._step(exit_code=0))
            process.go_on()

    def steps(self) -> tuple[Step, ...]:
        """Return what each command did, once the jail is gone.

        Raises:
            SandboxLost: It was not the last of them that failed, or what it held cannot be known.
        """
        if self._watched is not None and self._watched.is_hiding:
            raise SandboxLost(
                "What the program held in memory cannot be known: it kept descriptors in sockets, "
                "or shared memory mapped, while the host's shared memory grew by more than its "
                "limit. A control group would count it: see `daytona-validate doctor`."
            )
        return (*self._passed, self._step(exit_code=self._process.status.exit_code))

    def is_limited(self) -> bool:
        """Whether it was, or is to be, ended for a limit."""
        return self._limit is not None

    async def _halt(self, limit_s: float) -> Limit | None:
        """Let the jail run until it ends, pauses or must end; return the limit it met, if any."""
        process = self._process
        self._decision = None
        baseline = self._baseline
        clockwork = Clockwork(baseline, look_s=look_s(limit_s)) if baseline else None
        more_s = min(limit_s, look_s(limit_s)) if clockwork and self._is_last else limit_s
        granted_s = limit_s
        while more_s > 0:
            if await _halts_within(process, more_s):
                if self._watched is not None and self._watched.limit is not None:
                    return self._watched.limit
                return Limit.OUTPUT if process.output.is_flooding else None
            if clockwork is None:
                break
            passed_s = now_s() - process.released_at_s
            self._decision = await asyncio.to_thread(self._decide, clockwork, limit_s, passed_s)
            more_s = self._decision.more_s
            extend_the_clocks(max(0.0, passed_s + more_s - granted_s))
            granted_s = max(granted_s, passed_s + more_s)
        return Limit.TIMEOUT

    def _decide(self, clockwork: Clockwork, limit_s: float, passed_s: float) -> Decision:
        now = self._group.account()
        ran_s, all_ran_s = now.since(self._counted).cpu_s, now.since(self._before).cpu_s
        counted = None
        if ran_s is not None and all_ran_s is not None:
            counted = CgroupCpu(ran_s=ran_s, all_ran_s=all_ran_s)
        seen = clockwork.so_far(passed_s=passed_s, counted=counted)
        return decision(seen, limit_s=limit_s, is_last=self._is_last)

    def _step(self, *, exit_code: int | None) -> Step:
        process, so_far = self._process, self._group.account()
        used, self._counted = so_far.since(self._counted), so_far
        ended = Ended(
            exit_code=exit_code,
            stopped_by=self._limit,
            stdout=process.output.stdout,
            stderr=process.output.stderr,
            notes=process.first_process_report,
            wall_s=process.wall_s,
            decision=self._decision,
            account=used,
            rusage=process.rusage,
            cut_short_at_s=self._cut_short_at_s,
            own_peak_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        )
        return step(ended, stage=self._stage, limits=self._limits)


async def _halts_within(process: JailProcess, longest_s: float) -> bool:
    try:
        async with asyncio.timeout(longest_s):
            await process.needs_attention.wait()
    except TimeoutError:
        # If the loop was blocked, it may have looked at the clock before it looked at what has
        # ended meanwhile (uvloop 0.23 does). So it gets two turns to do that.
        for _ in range(2):
            await asyncio.sleep(0)
    return process.needs_attention.is_set()

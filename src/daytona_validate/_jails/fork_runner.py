"""Running Python programs in forks of zygotes, where that can be done, in the place of jails.

Opt-in: forks of one zygote have a user namespace, a user id and a hash seed in common. What is odd
is left to a jail of its own, which gives the verdict then.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from dataclasses import replace

from daytona_validate._errors import SandboxLost, SandboxUnavailable
from daytona_validate._jails.ceilings import ceilings, cut_short_at_s
from daytona_validate._jails.cgroups import Cgroups
from daytona_validate._jails.command_sequence import CommandSequence
from daytona_validate._jails.fork_task import (
    can_fork,
    fork_limits,
    fork_task,
    is_hidden,
)
from daytona_validate._jails.held_group import held_group
from daytona_validate._jails.held_process import held_process
from daytona_validate._jails.host import JailHost
from daytona_validate._jails.host_ids import JailOwners
from daytona_validate._jails.jail import Jail
from daytona_validate._jails.process import JailProcess
from daytona_validate._jails.self_test import PROCESSES, SCRIPT, TIMEOUT_S, faults
from daytona_validate._jails.zygote import CannotFork, Zygote
from daytona_validate._jails.zygote_pool import MOST_FORKS, ZygotePool
from daytona_validate._models import Limits, Stage, Step
from daytona_validate._reason import Reason
from daytona_validate._runtime.clocks import extend_the_clocks
from daytona_validate._runtime.now import now_s

FEWEST_TASKS = 8192
"""What the user of a zygote may have of processes and threads, at least: to the kernel, those of
all its forks are one user's, and none must meet that limit for another's sake."""
_PROGRAM = f"""
import os
kept = {{each: os.environ[each] for each in ("HOME", "PATH", "LANG")}}
os.execve("/usr/bin/sh", ["sh", "-c", {SCRIPT!r}], kept)
""".encode()

_logger = logging.getLogger("daytona_validate")


class ForkRunner:
    """Runner of programs in forks; it starts a zygote for each configuration when it is needed.

    It is of one event loop, the first that uses it; jails serve the others.

    Args:
        found: What jails are made with.
        cgroups: Where forks are bounded and counted.
        owners: Of the ids that zygotes have.
        most_forks: After so many a zygote is replaced.
    """

    def __init__(
        self,
        found: JailHost,
        cgroups: Cgroups,
        owners: JailOwners,
        *,
        most_forks: int = MOST_FORKS,
    ) -> None:
        self._host = found
        self._cgroups = cgroups
        self._pool = ZygotePool(found, cgroups, owners, prove=self._prove, most_forks=most_forks)
        self.served = 0
        """How many programs have run in forks."""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._processes: set[JailProcess] = set()
        self._is_closed = False

    @property
    def is_possible(self) -> bool:
        """Whether all that one fork uses is bounded and counted apart from what others do."""
        groups, most = self._cgroups, self._host.highest.processes
        is_counted = groups.counts_memory and groups.counts_processes and groups.counts_cpu
        return is_counted and (most is None or most >= FEWEST_TASKS)

    async def run_all(
        self, jail: Jail, *, timeout_s: float, stdin: bytes = b""
    ) -> tuple[Step, ...] | None:
        """Run a program in a fork, to its end, and return what it did once all of it is gone.

        Args:
            jail: In whose place.
            timeout_s: As for `JailRunner.run_all`.
            stdin: As there.

        Returns:
            None where a jail has to run it: it is none for a fork, or something was odd.

        Raises:
            ProgramStarved: Others may have kept it from running.
            SandboxUnavailable: This runner was closed meanwhile.
        """
        is_possible = self.is_possible and can_fork(jail) and not self._pool.is_given_up
        if not is_possible or self._is_closed:
            return None
        self._loop = self._loop or asyncio.get_running_loop()
        if self._is_of_another_loop():
            return None
        began_s = now_s()
        try:
            zygote = await self._pool.zygote_for(jail)
            if is_hidden(jail, zygote.closures):
                return None
            steps = await self._run(zygote, jail, timeout_s=timeout_s, stdin=stdin)
        except (SandboxLost, CannotFork) as error:
            if self._is_closed:
                raise SandboxUnavailable(
                    "The local provider was closed while this ran.", reason=Reason.CLOSED
                ) from error
            _logger.info("A program was left to a sandbox of its own: %s", error)
            extend_the_clocks(now_s() - began_s)  # they have to hold what the jail takes
            return None
        self.served += 1
        return steps

    async def aclose(self) -> None:
        """Kill what is still running, and all zygotes; safe to call twice."""
        self._is_closed = True
        if self._is_of_another_loop():  # which alone can wait for what it watches
            for process in tuple(self._processes):
                process.kill()
            self._pool.kill()
            return
        for process in tuple(self._processes):
            await process.end()
        await self._pool.aclose()

    def _is_of_another_loop(self) -> bool:
        return self._loop is not None and self._loop is not asyncio.get_running_loop()

    async def _prove(self, zygote: Zygote, jail: Jail) -> None:
        """Run the self-test in a fork.

        Raises:
            CannotFork: It is not shut in as a jail is.
        """
        tested = Jail(
            argv=jail.argv,
            limits=Limits(processes=PROCESSES),
            binds=jail.binds,
            links=jail.links,
            environment=jail.environment,
            files={"main.py": _PROGRAM},
        )
        steps = await self._run(zygote, tested, timeout_s=TIMEOUT_S, stdin=b"")
        wrong = faults(steps[-1].stdout.decode("utf-8", "replace"))
        if wrong:
            raise CannotFork(f"A fork is not shut in: {'; '.join(wrong)}.")

    async def _run(
        self, zygote: Zygote, jail: Jail, *, timeout_s: float, stdin: bytes
    ) -> tuple[Step, ...]:
        async with (
            self._pool.lent(zygote),
            held_group(self._cgroups, fork_limits(jail.limits)) as group,
        ):
            task = self._task(jail, timeout_s=timeout_s, groups=len(group.joining_files()))
            spawned, baseline = await zygote.forked(task, stdin, group)
            forked = JailProcess(spawned, limits=jail.limits)
            async with held_process(forked, self._processes) as process:
                await process.first_process()
                sequence = CommandSequence(
                    *(process, group, jail.limits),
                    baseline=baseline,
                    is_last=False,
                    cut_short_at_s=cut_short_at_s(timeout_s, self._host.highest),
                )
                await sequence.go([(Stage.RUN, timeout_s)])
            if sequence.is_limited() and process.status.exit_code is None:
                # As bubblewrap says of one that was killed; this one was the first process.
                process.status = replace(process.status, exit_code=128 + signal.SIGKILL)
            return sequence.steps()

    def _task(self, jail: Jail, *, timeout_s: float, groups: int) -> bytes:
        bounds = ceilings(
            jail.limits,
            timeout_s=timeout_s,
            highest=self._host.highest,
            counts_memory=True,
            counts_processes=True,
        )
        return fork_task(jail, bounds=bounds, groups=groups)

"""Running jails: the one way in which anything untrusted is started on this host.

A runner holds what is found out once (bubblewrap, the filter, the common files, whether cgroups
can be written), belongs to no event loop, and serves any number of jails at a time.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Self

from daytona_validate._core.limits import MIB, page_bytes_of
from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.at_the_gate import CannotBound, CannotJoin, put_under_limits
from daytona_validate._jails.bubblewrap import Bubblewrap
from daytona_validate._jails.ceilings import ceilings, cut_short_at_s
from daytona_validate._jails.cgroup import Cgroup
from daytona_validate._jails.cgroups import Cgroups
from daytona_validate._jails.command_sequence import CommandSequence
from daytona_validate._jails.folder_use import FoldersInUse
from daytona_validate._jails.fork_runner import ForkRunner
from daytona_validate._jails.held_group import held_group
from daytona_validate._jails.held_process import held_process
from daytona_validate._jails.host import JailHost, jail_host
from daytona_validate._jails.host_ids import JailOwners
from daytona_validate._jails.id_maps import give_ids
from daytona_validate._jails.inherited import NOT_SET, not_from_outside
from daytona_validate._jails.jail import Base, Jail
from daytona_validate._jails.process import JailProcess
from daytona_validate._jails.seccomp import seccomp_program
from daytona_validate._jails.self_test import prove
from daytona_validate._jails.spawn import CERTIFICATES, Inputs, host_files, spawn
from daytona_validate._jails.starvation_watch import Baseline, baseline_of
from daytona_validate._jails.tree_watch import TreeWatch
from daytona_validate._jails.user_namespace import EXTRA_PROCESSES, namespace_to_join
from daytona_validate._models import Limit, Limits, Stage, Step
from daytona_validate._reason import Reason
from daytona_validate._runtime.worker_thread import in_thread

_roots_filter = cache(partial(seccomp_program, makes_spaces=True, may_hide=True))
_machines_filter = cache(partial(seccomp_program, may_hide=True))
_logger = logging.getLogger("daytona_validate")


class JailRunner:
    """Sandbox runner: starts jails, bounds them, and leaves no process, folder or group behind."""

    def __init__(self, found: JailHost, cgroups: Cgroups) -> None:
        self._host = found
        self._cgroups = cgroups
        self._owners = JailOwners(found.bubblewrap, found.ids)
        self._processes: set[JailProcess] = set()
        self._is_closed = False
        self._watch = TreeWatch()
        self.forks = ForkRunner(found, cgroups, self._owners)
        """Runs what a fork can run, for those who ask it."""
        self.uses = FoldersInUse()  # of the cache, by what runs here

    @classmethod
    async def start(cls, cache_dir: Path | None = None) -> Self:
        """Prepare this host, and prove that it isolates.

        Args:
            cache_dir: Where to keep what jails need on disk; None is `default_cache_folder()`.

        Raises:
            SandboxUnavailable: It does not, or lacks something; the message says what to change.
        """
        found = await asyncio.to_thread(jail_host, cache_dir)
        cgroups = await asyncio.to_thread(Cgroups.find, Limits())
        while True:
            runner = cls(found, cgroups)
            try:
                await prove(runner.run)
            except CannotJoin as error:  # folders can be made, but processes not moved there
                if error.retryable or not cgroups.kinds:
                    raise
                cgroups = Cgroups(())
            except CannotBound:
                found = replace(found, rlimits=await asyncio.to_thread(not_from_outside))
            else:
                if found.rlimits.core_blocks is not None:
                    _logger.warning(NOT_SET)
                if await runner._uses_copies():
                    return runner
                found = await asyncio.to_thread(jail_host, cache_dir)

    async def _uses_copies(self) -> bool:
        try:
            return await in_thread(lambda _: self._holds_copies())
        except BaseException:  # cancelled: nobody will close this runner
            self.uses.close()
            raise

    def _holds_copies(self) -> bool:
        return all(self.uses.hold(Path(each)) for each in self._host.base.copies)

    @property
    def cache(self) -> Path:
        """The cache folder, which the id of every jail can read."""
        return self._host.cache

    @property
    def base(self) -> Base:
        """What every jail has, without which no toolchain runs."""
        return self._host.base

    @property
    def jail_id(self) -> int:
        """Who owns, on the host, what several jails may change; see `JailOwners`."""
        run_as = self._host.bubblewrap.run_as
        return os.getuid() if run_as is None else run_as

    def is_of_jails(self, user: int) -> bool:
        """Return whether a user id of this host is one that its jails may have."""
        bubblewrap = self._host.bubblewrap
        if bubblewrap.run_as is None:
            return user == os.geteuid()
        return user in (bubblewrap.run_as, *bubblewrap.other_ids)

    @property
    def counts_memory(self) -> bool:
        """Whether memory is bounded for a whole tree, and not only for each process."""
        return self._cgroups.counts_memory

    async def run(
        self,
        jail: Jail,
        *,
        timeout_s: float,
        stage: Stage = Stage.RUN,
        stdin: bytes | int = b"",
        on_stdout: Callable[[bytes], None] | None = None,
    ) -> Step:
        """Run one jail to its end, and return what its program did once all of it is gone.

        The program may not have been reached: then this is the step that failed before it.
        Arguments and exceptions are those of `run_all`.
        """
        steps = await self.run_all(
            jail, timeout_s=timeout_s, stage=stage, stdin=stdin, on_stdout=on_stdout
        )
        return steps[-1]

    async def run_all(
        self,
        jail: Jail,
        *,
        timeout_s: float,
        stage: Stage = Stage.RUN,
        stdin: bytes | int = b"",
        on_stdout: Callable[[bytes], None] | None = None,
        is_last: bool = True,
    ) -> tuple[Step, ...]:
        """Run one jail to its end, and return what each command did once all of it is gone.

        Args:
            jail: What to run.
            timeout_s: Seconds for the program in which it could run, and at most four times as
                many; then all is killed, and what it had written is kept.
            stage: Of the program.
            stdin: Given as a file; empty is /dev/null; a number is a pipe, read as it comes.
            on_stdout: Takes stdout in chunks, in the loop; stdout is then not kept. What it
                raises ends the jail and is raised here.
            is_last: Whether it is not run again, alone, if a command has met its limit and others
                may have kept it from running.

        Returns:
            The steps that were started, in order; one that failed is the last.

        Raises:
            SandboxUnavailable: The jail could not be started. The host's fault.
            ProgramStarved: Others have kept a command from running, or, unless this `is_last`,
                may have.
            SandboxLost: It was killed by somebody else, or could not be killed.
        """
        stored_bytes = page_bytes_of(jail.files.values(), page_bytes=os.sysconf("SC_PAGE_SIZE"))
        most_mib = {Limit.DISK: jail.limits.disk_mib, Limit.MEMORY: jail.limits.memory_mib}
        for limit in (each for each, mib in most_mib.items() if stored_bytes > mib * MIB):
            return (Step(stage=stage, exit_code=None, limit=limit),)
        async with (
            self._owners.owned(jail) as (bubblewrap, own),
            held_group(self._cgroups, own.limits) as group,
        ):
            started = self._process(
                *(bubblewrap, own, group), timeout_s=timeout_s, stdin=stdin, on_stdout=on_stdout
            )
            async with started as process:
                pid = await process.first_process()
                names_others = is_last and not self._cgroups.counts_cpu
                bounded = partial(self._bounded, pid, group, bubblewrap, names_others=names_others)
                baseline = await asyncio.to_thread(bounded)
                if jail.ids is not None and bubblewrap.run_as is not None:
                    await asyncio.to_thread(give_ids, jail.ids, pid=pid)
                    process.say_ids_are_given()
                more_bytes = 0 if isinstance(stdin, int) else len(stdin)
                counted = self._cgroups.counts_memory
                with self._watch.of(pid, own, more_bytes, counts_memory=counted) as watched:
                    sequence = CommandSequence(
                        *(process, group, jail.limits),
                        baseline=baseline,
                        is_last=is_last,
                        watched=watched,
                        cut_short_at_s=cut_short_at_s(timeout_s, self._host.highest),
                    )
                    clocks = [(each.stage, each.timeout_s) for each in jail.before]
                    await sequence.go((*clocks, (stage, timeout_s)))
            if process.output.sink_error is not None:
                raise process.output.sink_error
            if self._is_closed and not sequence.is_limited():
                raise SandboxUnavailable(
                    "The local provider was closed while this ran.", reason=Reason.CLOSED
                )
            return sequence.steps()

    async def aclose(self) -> None:
        """Kill what is still running, and start nothing more; safe to call twice."""
        self._is_closed = True
        await self.forks.aclose()
        for process in tuple(self._processes):
            await process.end()
        await asyncio.to_thread(self.uses.close)

    def _bounded(
        self, pid: int, group: Cgroup, bubblewrap: Bubblewrap, *, names_others: bool
    ) -> Baseline | None:
        """Put a jail under its limits, and return how things stand then; it may wait some ms."""
        outside = self._host.rlimits.are_set_from_outside
        put_under_limits(group, pid, bubblewrap.run_as, sets_rlimits=outside)
        return baseline_of(pid, names_others=names_others)

    @asynccontextmanager
    async def _process(
        self,
        bubblewrap: Bubblewrap,
        jail: Jail,
        group: Cgroup,
        *,
        timeout_s: float,
        stdin: bytes | int,
        on_stdout: Callable[[bytes], None] | None,
    ) -> AsyncIterator[JailProcess]:
        here = self._host
        async with namespace_to_join(jail, run_as=bubblewrap.run_as) as namespace:
            bounds = ceilings(
                jail.limits,
                reserved_mib=jail.reserved_mib,
                timeout_s=timeout_s,
                highest=here.highest,
                counts_memory=self._cgroups.counts_memory,
                counts_processes=self._cgroups.counts_processes,
                extra_processes=EXTRA_PROCESSES if namespace else 0,
                core_blocks=here.rlimits.core_blocks,
            )
            path = namespace.path if namespace else None
            inputs = await self._inputs(jail, stdin=stdin, namespace=path)
            # As root's own, before its user is changed.
            is_held = bool(bubblewrap.dropping_argv) and here.rlimits.are_set_while_own
            joining = group.joining_argv(is_held=is_held)
            inputs = replace(inputs, joining=joining, is_held=is_held and bool(joining))
            if self._is_closed:
                raise SandboxUnavailable("The local provider is closed.", reason=Reason.CLOSED)
            spawned = spawn(bubblewrap, jail, base=here.base, bounds=bounds, inputs=inputs)
            if namespace:
                namespace.end_with_us(spawned.popen.pid)
            process = JailProcess(
                spawned, limits=jail.limits, commands=len(jail.before) + 1, on_stdout=on_stdout
            )
            async with held_process(process, self._processes):
                yield process

    async def _inputs(self, jail: Jail, *, stdin: bytes | int, namespace: str | None) -> Inputs:
        here, etc = self._host, dict[str, bytes]()
        seccomp = here.seccomp if self._cgroups.counts_memory else here.watched_seccomp
        if jail.ids is not None:
            seccomp = await asyncio.to_thread(_roots_filter)
        elif jail.lasting:
            seccomp = await asyncio.to_thread(_machines_filter)
        if jail.door is not None:
            etc = await asyncio.to_thread(host_files, CERTIFICATES)
        rlimits = here.rlimits.argv
        return Inputs(seccomp=seccomp, stdin=stdin, etc=etc, namespace=namespace, rlimits=rlimits)

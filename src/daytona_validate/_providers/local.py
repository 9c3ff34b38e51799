"""The local provider: a fresh jail on this host for every snippet."""

from __future__ import annotations

import asyncio
import os
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from daytona_validate._core.languages.language import Command, Language
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._core.source_text import work_files
from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.host_slots import HostSlots, default_slots
from daytona_validate._jails.jail import Jail, SetupCommand
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Execution, SandboxSpec, Snippet, Stage
from daytona_validate._providers.config import LocalConfig
from daytona_validate._providers.local_identity import LocalIdentity
from daytona_validate._reason import Reason
from daytona_validate._runtime.cleanup import finish
from daytona_validate._runtime.single_flight import SingleFlight
from daytona_validate._runtime.waits import Waits
from daytona_validate._toolchains.packages.packages import Packages, PreparedPackages
from daytona_validate._toolchains.record import Toolchain
from daytona_validate._toolchains.toolchains import Toolchains
from daytona_validate._toolchains.warm.kind import left_commands
from daytona_validate._toolchains.warm.tools import MOST_TOOLS, Compiled, WarmTools

CLOSING_S = 60.0
REFUSAL_LASTS_S = 30.0
"""A host that cannot isolate is not asked again for each of a thousand snippets."""


@dataclass(frozen=True, slots=True)
class LocalSandbox:
    """Sandbox that is a jail: started by `run`, and nothing of it is left afterwards."""

    sandbox_id: str
    _language: Language
    _spec: SandboxSpec
    _toolchain: Toolchain
    _packages: PreparedPackages
    _runner: JailRunner
    _slots: HostSlots
    _warm: WarmTools | None = None
    """None: every compiler starts anew."""
    _forks: bool = False
    """Whether a fork of a zygote may run it, where one can."""

    async def run(self, snippet: Snippet, *, until: Stage = Stage.RUN) -> Execution:
        """Run one snippet in a jail of its own, once there is a slot for it on this host.

        Raises:
            SlotTimeout: None became free in time.
            ProgramStarved: Others have kept it from running; or may have, and it was not alone.
            SandboxLost: The jail died through no act of the snippet.
            SandboxUnavailable: The jail could not be started. The host's fault.
        """
        *before, last = self._language.commands(snippet, until=until)
        timeout_s, stdin = self._timeout_s(last), snippet.stdin.encode("utf-8", "replace")
        async with self._slot():
            compiled = await self._compiled(snippet, until)
            jail, steps = self._jail(snippet, before, last, compiled), None
            if self._forks and last.stage is Stage.RUN and not self._spec.is_alone:
                steps = await self._runner.forks.run_all(jail, timeout_s=timeout_s, stdin=stdin)
            if steps is None:
                steps = await self._runner.run_all(
                    jail,
                    stage=last.stage,
                    timeout_s=timeout_s,
                    stdin=stdin,
                    is_last=self._spec.is_alone,
                )
        runtime = f"{self._toolchain.name} {self._toolchain.version}"
        if compiled is None:
            return Execution(steps=steps, runtime=runtime)
        return Execution(steps=(compiled.step, *steps), runtime=runtime, is_warm=True)

    async def _compiled(self, snippet: Snippet, until: Stage) -> Compiled | None:
        """Return what a compiler that is running already has made of a snippet, if one has."""
        if self._warm is None:
            return None
        return await self._warm.compiled(
            self._language, snippet, self._spec, self._toolchain, until=until
        )

    def _slot(self) -> AbstractAsyncContextManager[None]:
        if not self._spec.is_alone:
            return self._slots.one()
        return self._slots.all(for_s=sum(map(self._timeout_s, self._language.steps)))

    def _jail(
        self,
        snippet: Snippet,
        before: Sequence[Command],
        last: Command,
        compiled: Compiled | None,
    ) -> Jail:
        if compiled is not None:
            before = left_commands(before, compiled.made)
        return Jail(
            argv=(
                *last.argv_within(self._spec.limits),
                *(snippet.args if last.stage is Stage.RUN else ()),
            ),
            before=tuple(
                SetupCommand(each.stage, each.argv_within(self._spec.limits), self._timeout_s(each))
                for each in before
            ),
            limits=self._spec.limits,
            reserved_mib=self._language.reserved_mib,
            binds=(*self._toolchain.binds, *self._packages.binds),
            overlays=self._toolchain.overlays,
            links=self._toolchain.links,
            environment={
                **self._toolchain.environment,
                **self._packages.environment,
                **self._language.environment,
            },
            files=work_files(snippet, self._language),
            made={} if compiled is None else compiled.made.files,
        )

    def _timeout_s(self, command: Command) -> float:
        limits = self._spec.limits
        return limits.timeout_s if command.stage is Stage.RUN else limits.compile_timeout_s


class LocalProvider:
    """Provider of jails on this host; it prepares itself when it is first used.

    Args:
        config: The settings. Slots are shared with other processes that use the same cache folder.
        on_notice: Receives a line of text before anything slow; None: nobody does.
        on_waiting: Receives what is being prepared, one text for each, whenever that changes.
        start: Proves that this host isolates; called once, with `cache_dir`.
    """

    name = "local"

    def __init__(
        self,
        config: LocalConfig,
        on_notice: Callable[[str], None] | None = None,
        *,
        on_waiting: Callable[[tuple[str, ...]], None] | None = None,
        start: Callable[[Path | None], Awaitable[JailRunner]] = JailRunner.start,
    ) -> None:
        self._config = config
        self._start_runner = start
        self._on_notice = on_notice
        self._waits = Waits(on_waiting)
        self._is_closed = False
        self._forks = config.python_engine == "zygote"
        self._engine: _Engine | None = None
        self._identity = LocalIdentity(config.cache_dir)
        self._once: SingleFlight[str, _Engine] = SingleFlight(
            failures_last_s=REFUSAL_LASTS_S, clock=time.monotonic
        )

    async def prepare(self, spec: SandboxSpec) -> None:
        """Copy the toolchain and install the packages that are not there yet.

        Raises:
            ToolchainMissing: They cannot be had here.
            SandboxUnavailable: This host cannot isolate, or lacks something.
        """
        engine = await self._ready()
        await engine.toolchains.prepare(LANGUAGES[spec.language].toolchain, parts=spec.parts)
        await engine.packages.prepare(spec.language, spec.packages)

    def open(self, spec: SandboxSpec) -> AbstractAsyncContextManager[LocalSandbox]:
        """Have everything ready for one jail.

        Raises:
            ToolchainMissing: The spec's language or packages cannot be had here.
            SandboxUnavailable: This host cannot isolate, or lacks something; the message
                says what to change.
        """
        return self._open(spec)

    async def identity(self, spec: SandboxSpec) -> str | None:
        """Return what the sandboxes of a spec are made of, without starting anything.

        Returns:
            None if something of it is not prepared yet, or what jails have here is not what stands
            on this host any more.

        Raises:
            SandboxUnavailable: The spec's language cannot be had here.
            OSError: Something cannot be read.
        """
        identity = await self._identity.of(spec)
        if identity is not None and self._forks and spec.language == "python":
            identity += "-zygote"
        if identity is None or self._engine is None:
            return identity
        if self._engine.runner.base != await self._identity.base():
            return None  # the host's libraries or commands were updated after the first jail
        for each in self._identity.all_of(LANGUAGES[spec.language].toolchain):
            # Prepared, so at once, unless it was just removed or has been damaged.
            used = await self._engine.toolchains.alone(each)
            if used.identity != await self._identity.folder(each):
                return None  # the host's was updated between the two
        return identity

    async def prove(self) -> None:
        """Prove, once, that this host isolates.

        Raises:
            SandboxUnavailable: As for `open`.
        """
        await self._ready()

    async def toolchains(self) -> Toolchains:
        """Return the toolchains of this host, for those who list or install them.

        Raises:
            SandboxUnavailable: As for `open`.
        """
        return (await self._ready()).toolchains

    async def aclose(self) -> None:
        """Kill what is still running; safe to call twice."""
        self._is_closed = True
        if self._engine is not None:
            try:
                if self._engine.warm is not None:
                    await self._engine.warm.aclose()
            finally:
                await self._engine.runner.aclose()
                await asyncio.to_thread(self._engine.slots.close)

    @asynccontextmanager
    async def _open(self, spec: SandboxSpec) -> AsyncIterator[LocalSandbox]:
        language = LANGUAGES[spec.language]
        engine = await self._ready()
        toolchain = await engine.toolchains.prepare(language.toolchain, parts=spec.parts)
        packages = await engine.packages.prepare(language.name, spec.packages)
        name = f"local-{secrets.token_hex(8)}"
        shared = (engine.runner, engine.slots, engine.warm, self._forks)
        yield LocalSandbox(name, language, spec, toolchain, packages, *shared)

    async def _ready(self) -> _Engine:
        if self._is_closed:
            raise SandboxUnavailable("The local provider is closed.", reason=Reason.CLOSED)
        self._engine = await self._once.get("engine", self._start)
        return self._engine

    async def _start(self) -> _Engine:
        runner = await self._start_runner(self._config.cache_dir)
        try:
            return await self._over(runner)
        except BaseException:
            await finish(runner.aclose(), grace_s=CLOSING_S)
            raise

    async def _over(self, runner: JailRunner) -> _Engine:
        # In a thread: it looks for the interpreter on disk.
        toolchains = await asyncio.to_thread(
            Toolchains, runner.cache, runner, self._on_notice, waits=self._waits
        )
        packages = Packages(
            runner.cache,
            runner,
            toolchains,
            self._on_notice,
            timeout_s=self._config.packages_timeout_s,
        )
        slots = await asyncio.to_thread(
            HostSlots,
            runner.cache,
            self._config.machine_slots or default_slots(),
            longest_wait_s=self._config.queue_timeout_s,
        )
        warm = None
        if self._config.warm == "auto":
            warm = WarmTools(runner.run, most=min(len(os.sched_getaffinity(0)), MOST_TOOLS))
        return _Engine(runner, toolchains, packages, slots, warm)


@dataclass(frozen=True, slots=True)
class _Engine:
    """Sandbox engine of this host: prepared once, it serves all sandboxes."""

    runner: JailRunner
    toolchains: Toolchains
    packages: Packages
    slots: HostSlots
    warm: WarmTools | None

"""The sandboxes of one provider: created, held, removed; and what they share."""

from __future__ import annotations

import asyncio
import re
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from functools import lru_cache

import httpx
from pydantic import SecretStr

from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._core.limits import WALL_FACTOR
from daytona_validate._errors import ToolchainMissing
from daytona_validate._models import Limits, SandboxSpec, Stage
from daytona_validate._models.readiness import Finding, Swept
from daytona_validate._observe.watch import Watch
from daytona_validate._providers.config import DaytonaConfig
from daytona_validate._providers.daytona.creation import Creation, Wanted
from daytona_validate._providers.daytona.creation_body import (
    NETWORK_BLOCKED,
    SANDBOX_PREFIX,
    creation_body,
    labels,
)
from daytona_validate._providers.daytona.effects import Effects
from daytona_validate._providers.daytona.envelope.command import SPARE_S
from daytona_validate._providers.daytona.error_translation import build_command, translated
from daytona_validate._providers.daytona.findings import daytona_findings
from daytona_validate._providers.daytona.images import Resources, image, resources_for
from daytona_validate._providers.daytona.removals import Removals
from daytona_validate._providers.daytona.sandbox import BACKSTOP_S, DaytonaSandbox, SharedRunState
from daytona_validate._providers.daytona.sandbox_meter import SandboxMeter
from daytona_validate._providers.daytona.sweep import sweep
from daytona_validate._providers.daytona.wire.failures import FailureKind, ServiceFailure
from daytona_validate._providers.daytona.wire.parse import SandboxAnswer
from daytona_validate._providers.daytona.wire.service import Service
from daytona_validate._providers.daytona.wire.transport import http_client
from daytona_validate._reason import Reason

USED_FOR_S = 240.0
"""So long after its start a sandbox takes another snippet, if it may take any. With the default
limits it is gone within ten minutes: what is older is a lost client's, for `sweep` too."""
CLOSE_S = 50.0
"""How long closing waits for removals: less than the validator's own grace of 60 s."""
MISSING_LASTS_S = 30.0
"""A snapshot that is not there is not asked for again for each of a thousand snippets."""
MAX_CONNECTIONS = 10_100
"""Of a client of ours. Slots bound what is in flight, up to 10,000 snippets, and removals bound
themselves: this only says that there is a bound."""


class Sandboxes:
    """Sandbox factory: creates sandboxes, knows the ones in use, and has each removed.

    Args:
        config: The settings.
        key: The API key.
        client: The caller's own; never closed by us. None: one is made.
        effects: Clock, sleep, random numbers, identifiers.
    """

    def __init__(
        self,
        config: DaytonaConfig,
        key: SecretStr,
        *,
        client: httpx.AsyncClient | None,
        effects: Effects,
    ) -> None:
        self._config = config
        self._limits = config.limits()
        self._effects = effects
        self._is_client_ours = client is None
        self._client = client or http_client(
            max_connections=MAX_CONNECTIONS,
            needs_tls=config.base_url.lower().startswith("https:"),
        )
        clock, sleep, random = effects.clock, effects.sleep, effects.random
        self.service = service = Service(
            config.base_url,
            key,
            self._client,
            request_timeout_s=config.request_timeout_s,
            clock=clock,
        )
        self._creation = Creation(service, clock=clock, sleep=sleep, random=random)
        self.meter = SandboxMeter(clock)
        self.removals = Removals(
            service,
            on_removed=self.meter.ends,
            on_end=self._creation.admission.gone,
            clock=clock,
            sleep=sleep,
            random=random,
        )
        self._shared = SharedRunState(
            service=service,
            gate=self._creation.admission.gate,
            keeps_network=config.network != NETWORK_BLOCKED,
            sleep=sleep,
            nonce=effects.token,
            uses=config.snippets_per_sandbox,
            clock=clock,
        )
        self._run = effects.token()[:8]
        self._alive: dict[str, Wanted] = {}
        self._released = asyncio.Event()
        self._missing: dict[str, tuple[float, str]] = {}
        self._snapshots: dict[tuple[str, tuple[str, ...], Resources], str] = {}

    def report_to(self, watch: Watch) -> None:
        """Tell an observer of what happens from now on."""
        self.removals.told.watch = watch
        self._creation.admission.report_to(watch)

    async def snapshot(self, spec: SandboxSpec) -> str:
        """Return the name of the snapshot for a spec.

        Raises:
            ToolchainMissing: The packages are refused.
        """
        resources = _resources(spec.limits, self._limits, self._config.cpu)
        needs = (spec.language, spec.packages, resources)
        name = self._snapshots.get(needs)
        if name is None:  # in a thread, as it reads files of ours
            name = self._snapshots[needs] = (await asyncio.to_thread(image, *needs)).name
        return name

    async def take(self, spec: SandboxSpec) -> tuple[DaytonaSandbox, Wanted]:
        """Return a started sandbox and what `give_back` wants to know of it; see `HeldSandbox`."""
        wanted = self._wanted(spec, await self.snapshot(spec))
        self._alive[wanted.name] = wanted
        self.removals.keep_up_with(len(self._alive))
        try:
            answer = await self._started(wanted, spec)
            self.meter.starts(wanted.id or wanted.name)
            self.removals.told.made(wanted.id or wanted.name)
            sandbox = DaytonaSandbox(
                answer,
                wanted.snapshot,
                LANGUAGES[spec.language],
                spec.limits,
                self._shared,
                used_until_s=self._effects.clock() + USED_FOR_S,
            )
        except BaseException:
            self.give_back(wanted)
            raise
        return sandbox, wanted

    def give_back(self, wanted: Wanted) -> None:
        """Have a sandbox removed; nothing is awaited, so that no cancellation can come between."""
        del self._alive[wanted.name]
        self._remove(wanted)
        self._released.set()

    def held_back_s(self) -> float:
        """Return for how many seconds more rate limits forbid to create one."""
        return self._creation.admission.held_back_s()

    async def findings(self, languages: tuple[str, ...]) -> tuple[Finding, ...]:
        """Return whether the service, the key and the snapshots of some languages are there."""
        resources = resources_for(self._limits, cpu=self._config.cpu)
        packages = self._config.packages
        images = await asyncio.to_thread(  # as it reads files of ours
            lambda: [image(each, packages.get(each, ()), resources) for each in languages]
        )
        return await daytona_findings(self.service, images, address=self._config.base_url)

    async def sweep(self, older_than_s: float, *, is_dry_run: bool) -> Swept:
        """Remove what others have left; see `daytona_validate._providers.daytona.sweep`."""
        now = datetime.fromtimestamp(self._effects.epoch_s(), UTC)
        swept = await sweep(
            self.service, older_than_s, now=now, is_dry_run=is_dry_run, in_use=self._alive
        )
        names = tuple(each.name or each.id for each in swept.found)
        return Swept(found=names, removed=swept.removed, left=swept.left)

    async def aclose(self) -> None:
        """Have everything removed, also what somebody still holds, and close our client."""
        loop = asyncio.get_running_loop()
        deadline_s = loop.time() + CLOSE_S
        self._creation.admission.close()
        for wanted in tuple(self._alive.values()):
            self._remove(wanted)
        await self._until_released(CLOSE_S)
        await self.removals.aclose(max(0.0, deadline_s - loop.time()))
        if self._is_client_ours:
            await self._client.aclose()

    def _wanted(self, spec: SandboxSpec, snapshot: str) -> Wanted:
        config, effects = self._config, self._effects
        used_for_s = USED_FOR_S if config.snippets_per_sandbox > 1 else 0.0
        name = SANDBOX_PREFIX + effects.token()
        created_s = effects.epoch_s()
        body = creation_body(
            name=name,
            snapshot=snapshot,
            labels=labels(run=self._run, host=_label(effects.host), created_s=created_s),
            longest_s=config.create_timeout_s
            + used_for_s
            + _longest_run_s(spec.language, spec.limits),
            network=config.network,
            target=config.target,
        )
        return Wanted(name=name, snapshot=snapshot, body=body)

    async def _started(self, wanted: Wanted, spec: SandboxSpec) -> SandboxAnswer:
        since_s, known = self._missing.get(wanted.snapshot, (float("-inf"), ""))
        if self._effects.clock() - since_s < MISSING_LASTS_S:
            raise ToolchainMissing(known, reason=Reason.NO_SNAPSHOT)
        try:
            return await self._creation.started(wanted)
        except ServiceFailure as failure:
            said = translated(failure, builds=build_command(spec, self._limits))
            if failure.kind is FailureKind.NO_SNAPSHOT:
                self._missing[wanted.snapshot] = (self._effects.clock(), str(said))
            raise said from failure

    def _remove(self, wanted: Wanted) -> None:
        if wanted.may_exist:
            name = wanted.id or wanted.name
            if wanted.is_known:
                self.removals.told.made(name)
            self.removals.remove_soon(name, is_doubtful=not wanted.is_known)

    async def _until_released(self, longest_s: float) -> None:
        """Wait for those who hold a sandbox: each is on its way out, as theirs are removed."""
        try:
            async with asyncio.timeout(longest_s):
                while any(wanted.may_exist for wanted in self._alive.values()):
                    self._released.clear()
                    await self._released.wait()
        except TimeoutError:
            return


class HeldSandbox(AbstractAsyncContextManager[DaytonaSandbox, None]):
    """A sandbox as a context: entered, it is started; left, it is removed in the background.

    Args:
        sandboxes: It is one of these.
        spec: What it is for.
    """

    def __init__(self, sandboxes: Sandboxes, spec: SandboxSpec) -> None:
        self._sandboxes = sandboxes
        self._spec = spec

    async def __aenter__(self) -> DaytonaSandbox:
        """Have it started."""
        sandbox, self._wanted = await self._sandboxes.take(self._spec)
        return sandbox

    async def __aexit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        """Have it removed, and the request sent before whoever leaves goes on to the next one.

        A cancellation while it is sent loses nothing: the removal is a task of its own by then.
        """
        self._sandboxes.give_back(self._wanted)
        if error is None or isinstance(error, Exception):  # else its task is on its way out
            await asyncio.sleep(0)


@lru_cache(maxsize=256)
def _resources(limits: Limits, usual_limits: Limits, cpu: int) -> Resources:
    """Return the resources of the usual snapshot, or more where a snippet is granted more."""
    usual, wanted = resources_for(usual_limits, cpu=cpu), resources_for(limits, cpu=cpu)
    return Resources(
        cpu=cpu,
        memory_gib=max(usual.memory_gib, wanted.memory_gib),
        disk_gib=max(usual.disk_gib, wanted.disk_gib),
    )


@lru_cache(maxsize=256)
def _longest_run_s(language: str, limits: Limits) -> float:
    steps = LANGUAGES[language].steps
    commands_s = (
        limits.timeout_s if step.stage is Stage.RUN else limits.compile_timeout_s for step in steps
    )
    return WALL_FACTOR * sum(commands_s) + SPARE_S + BACKSTOP_S


@lru_cache(maxsize=4)
def _label(host: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "-", host)[:63] or "unknown"

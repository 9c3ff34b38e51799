"""Daytona's place among the providers.

Without a key nothing is sent and no code is run anywhere else instead: a web backend that lost
its key must not start to run strangers' code on itself.
"""

from __future__ import annotations

import hashlib
import math
from contextlib import AbstractAsyncContextManager

import httpx

from daytona_validate._core import service_url
from daytona_validate._core.sandbox_account import SandboxAccount
from daytona_validate._errors import SandboxUnavailable
from daytona_validate._models import SandboxSpec
from daytona_validate._models.readiness import Missing, Swept, missing_of
from daytona_validate._observe.watch import Watch
from daytona_validate._providers.config import DaytonaConfig
from daytona_validate._providers.daytona.effects import Effects
from daytona_validate._providers.daytona.removals import Removals
from daytona_validate._providers.daytona.sandbox import DaytonaSandbox
from daytona_validate._providers.daytona.sandboxes import HeldSandbox, Sandboxes
from daytona_validate._reason import Reason

NO_KEY = "API key not configured"
"""The reason that the first users of this project match on; it never changes."""


class DaytonaProvider:
    """Sandboxes of the Daytona service.

    Args:
        config: The settings.
        http_client: The caller's own; never closed by us. None: one is made.
        effects: None: those of this process.
    """

    name = "daytona"

    def __init__(
        self,
        config: DaytonaConfig,
        *,
        http_client: httpx.AsyncClient | None = None,
        effects: Effects | None = None,
    ) -> None:
        self._config = config
        key = config.api_key
        self._refusal = NO_KEY if key is None else service_url.refusal(config.base_url)
        self._why = Reason.NO_KEY if key is None else Reason.WRONG_ADDRESS
        self._sandboxes: Sandboxes | None = None
        if key is not None and self._refusal is None:
            self._sandboxes = Sandboxes(
                config, key, client=http_client, effects=effects or Effects()
            )

    @property
    def removals(self) -> Removals | None:
        """The removals of its sandboxes; None where there never are any."""
        return None if self._sandboxes is None else self._sandboxes.removals

    def report_to(self, watch: Watch) -> None:
        """Tell an observer of all sandboxes, throttles and outages from now on."""
        if self._sandboxes is not None:
            self._sandboxes.report_to(watch)

    def account(self) -> SandboxAccount:
        """Return how many sandboxes there were up to now, and for how long."""
        if self._sandboxes is None:
            return SandboxAccount(created=0, sandbox_seconds=0.0)
        return self._sandboxes.meter.account()

    def held_back_s(self) -> float:
        """Return for how many seconds more rate limits forbid to create a sandbox."""
        return -math.inf if self._sandboxes is None else self._sandboxes.held_back_s()

    async def missing(self, languages: tuple[str, ...]) -> tuple[Missing, ...]:
        """Return what the service, the key or its snapshots lack; a few requests are sent."""
        if self._sandboxes is None or self._refusal is not None:
            refusal = self._refused()
            what = "address" if refusal.reason is Reason.WRONG_ADDRESS else "key"
            advice = f"{refusal}: set DAYTONA_API_KEY" if what == "key" else str(refusal)
            return (Missing(what=what, reason=refusal.reason, advice=advice),)
        return missing_of(await self._sandboxes.findings(languages))

    async def sweep(self, older_than_s: float, *, is_dry_run: bool) -> Swept:
        """Remove sandboxes of this package that are older than something; not those in use here.

        Raises:
            SandboxUnavailable: There is no key, or they cannot be listed.
        """
        if self._sandboxes is None or self._refusal is not None:
            raise self._refused()
        return await self._sandboxes.sweep(older_than_s, is_dry_run=is_dry_run)

    async def prepare(self, spec: SandboxSpec) -> None:
        """Find out which snapshot a spec needs; nothing is sent.

        Raises:
            ToolchainMissing: The packages are refused.
        """
        if self._sandboxes is not None:
            await self._sandboxes.snapshot(spec)

    async def identity(self, spec: SandboxSpec) -> str | None:
        """Return what the sandboxes of a spec are made of, as far as a name tells; nothing is sent.

        Returns:
            None if programs have a network, or packages, whose versions only the service knows.

        Raises:
            ToolchainMissing: The packages are refused.
        """
        config, key = self._config, self._config.api_key
        is_closed_off = config.network == "blocked"
        if self._sandboxes is None or key is None or spec.packages or not is_closed_off:
            return None
        account = hashlib.sha256(key.get_secret_value().encode()).hexdigest()
        snapshot = await self._sandboxes.snapshot(spec)
        return repr((config.base_url, account, config.target, config.cpu, snapshot))

    def open(self, spec: SandboxSpec) -> AbstractAsyncContextManager[DaytonaSandbox]:
        """Have a sandbox started; leaving the context has it removed in the background.

        Raises:
            ToolchainMissing: There is no snapshot for the spec; the message names the command
                that builds it.
            ConnectionFailed: The service was not reached.
            SandboxUnavailable: Anything else; the message says what to change.
        """
        if self._sandboxes is None or self._refusal is not None:
            raise self._refused()
        return HeldSandbox(self._sandboxes, spec)

    async def aclose(self) -> None:
        """Remove all sandboxes, within `CLOSE_S`; safe to call twice."""
        if self._refusal is None:
            self._refusal, self._why = "The Daytona provider is closed.", Reason.CLOSED
        if self._sandboxes is not None:
            await self._sandboxes.aclose()

    def _refused(self) -> SandboxUnavailable:
        return SandboxUnavailable(self._refusal or NO_KEY, reason=self._why)

"""Daytona's place among the providers.

Without a key nothing is sent and no code is run anywhere else instead: a web backend that lost
its key must not start to run strangers' code on itself.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from daytona_validate._core import service_url
from daytona_validate._errors import SandboxUnavailable
from daytona_validate._models import SandboxSpec
from daytona_validate._providers.daytona.removals import Removals
from daytona_validate._providers.daytona.sandbox import DaytonaSandbox
from daytona_validate._providers.daytona.terms import Surroundings, Terms
from daytona_validate._providers.daytona.workshop import Workshop

NO_KEY = "API key not configured"
"""The reason that the first users of this project match on; it never changes."""


class DaytonaProvider:
    """Sandboxes of the Daytona service.

    Args:
        terms: What they are asked for with.
        surroundings: Time and chance; tests have their own.
    """

    name = "daytona"

    def __init__(self, terms: Terms, *, surroundings: Surroundings | None = None) -> None:
        key = terms.api_key
        self._refusal = NO_KEY if key is None else service_url.refusal(terms.base_url)
        self._workshop: Workshop | None = None
        if key is not None and self._refusal is None:
            self._workshop = Workshop(terms, key, surroundings or Surroundings())

    @property
    def removals(self) -> Removals | None:
        """The removals of its sandboxes; None where there never are any."""
        return None if self._workshop is None else self._workshop.removals

    async def prepare(self, spec: SandboxSpec) -> None:
        """Find out which snapshot a spec needs; nothing is sent.

        Raises:
            ToolchainMissing: The packages are refused.
        """
        if self._workshop is not None:
            await self._workshop.snapshot(spec)

    def open(self, spec: SandboxSpec) -> AbstractAsyncContextManager[DaytonaSandbox]:
        """Have a sandbox started; leaving the context has it removed in the background.

        Raises:
            ToolchainMissing: There is no snapshot for the spec; the message names the command
                that builds it.
            ConnectionFailed: The service was not reached.
            SandboxUnavailable: Anything else; the message says what to change.
        """
        return self._open(spec)

    async def aclose(self) -> None:
        """Remove all sandboxes, within `CLOSE_S`; safe to call twice."""
        self._refusal = self._refusal or "the Daytona provider is closed"
        if self._workshop is not None:
            await self._workshop.aclose()

    @asynccontextmanager
    async def _open(self, spec: SandboxSpec) -> AsyncIterator[DaytonaSandbox]:
        if self._workshop is None or self._refusal is not None:
            raise SandboxUnavailable(self._refusal or NO_KEY)
        async with self._workshop.sandbox(spec) as sandbox:
            yield sandbox

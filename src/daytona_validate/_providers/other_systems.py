"""The local provider where there is no Linux: it runs nothing, and says what to do instead."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._linux_only import refusal_for, refuse_other_systems
from daytona_validate._models import SandboxSpec
from daytona_validate._providers.protocol import Sandbox


class NoLocalSandboxes:
    """Provider that makes no sandbox, as this machine's system has none."""

    name = "local"

    async def prepare(self, spec: SandboxSpec) -> None:  # noqa: ARG002 - the protocol's
        """Refuse.

        Raises:
            SandboxUnavailable: Always; the message names the ways that there are.
        """
        refuse_other_systems()

    def open(  # as `SandboxProvider` has it
        self,
        spec: SandboxSpec,  # noqa: ARG002 - as above
    ) -> AbstractAsyncContextManager[Sandbox]:
        """Refuse, once it is entered; raises as `prepare`."""
        return self._refused()

    async def aclose(self) -> None:
        """Do nothing: nothing is held."""

    @asynccontextmanager
    async def _refused(self) -> AsyncIterator[Sandbox]:
        raise SandboxUnavailable(refusal_for(sys.platform))
        yield  # makes it a generator

"""The local provider where there is no Linux: it runs nothing, and says what to do instead."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import NoReturn

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._linux_only import refusal_for
from daytona_validate._models import SandboxSpec
from daytona_validate._providers.protocol import Sandbox
from daytona_validate._reason import Reason


class NoLocalSandboxes:
    """Provider that makes no sandbox, as this machine's system has none."""

    name = "local"

    async def prove(self) -> NoReturn:
        """Refuse.

        Raises:
            SandboxUnavailable: Always; the message names the ways that there are.
        """
        raise SandboxUnavailable(refusal_for(sys.platform), reason=Reason.NO_ISOLATION)

    async def prepare(self, spec: SandboxSpec) -> None:  # noqa: ARG002 - the protocol's
        """Refuse; raises as `prove`."""
        await self.prove()

    def open(  # as `SandboxProvider` has it
        self,
        spec: SandboxSpec,  # noqa: ARG002 - as above
    ) -> AbstractAsyncContextManager[Sandbox]:
        """Refuse, once it is entered; raises as `prove`."""
        return self._refused()

    async def aclose(self) -> None:
        """Do nothing: nothing is held."""

    @asynccontextmanager
    async def _refused(self) -> AsyncIterator[Sandbox]:
        await self.prove()
        yield  # makes it a generator

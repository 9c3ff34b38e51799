"""Daytona's place among the providers.

Its transport is not written yet. Until then it answers as a service that cannot be had, and
says why: nothing is sent, and no code is run anywhere else instead. A web backend that lost
its key must not start to run strangers' code on itself.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._models import SandboxSpec
from daytona_validate._providers.protocol import Sandbox

NO_KEY = "API key not configured"
"""The reason that the first users of this project match on; it never changes."""
NO_TRANSPORT = (
    "this version cannot talk to the Daytona service yet; nothing was sent. "
    "Use the provider 'local' (DAYTONA_PROVIDER=local)"
)


class DaytonaProvider:
    """Sandboxes of the Daytona service.

    Args:
        has_key: Whether an API key is set.
    """

    name = "daytona"

    def __init__(self, *, has_key: bool) -> None:
        self._reason = NO_TRANSPORT if has_key else NO_KEY

    async def prepare(self, spec: SandboxSpec) -> None:
        """Do nothing: `open` has the answer."""

    def open(self, spec: SandboxSpec) -> AbstractAsyncContextManager[Sandbox]:
        """Refuse, with the reason.

        Raises:
            SandboxUnavailable: Always, on entering.
        """
        del spec
        return _Refusal(self._reason)

    async def aclose(self) -> None:
        """Do nothing: nothing is held."""


class _Refusal(AbstractAsyncContextManager[Sandbox]):
    def __init__(self, reason: str) -> None:
        self._reason = reason

    async def __aenter__(self) -> Sandbox:
        raise SandboxUnavailable(self._reason)

    async def __aexit__(self, *error: object) -> None:
        """Do nothing: it is never entered."""

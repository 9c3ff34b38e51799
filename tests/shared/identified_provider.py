"""A provider that runs nothing, and says what its sandboxes are made of: its results are cached."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from daytona_validate._models import SandboxSpec
from daytona_validate.testing import FakeProvider


class IdentifiedProvider(FakeProvider):
    """Fake with an identity; it stays open, to serve one validator after the other.

    Args:
        identity: Returns what it is when asked for the n-th time, from 0 on; None: always the same.
        fake: As for `FakeProvider`.
    """

    def __init__(
        self, *fake: Any, identity: Callable[[int], str | None] | None = None, **more: Any
    ) -> None:
        super().__init__(*fake, **more)
        self._identity = identity or (lambda _number: "the same")
        self._asked = 0

    async def identity(self, spec: SandboxSpec) -> str | None:
        number, self._asked = self._asked, self._asked + 1
        found = self._identity(number)
        return None if found is None else f"{found} {spec.language}"

    async def aclose(self) -> None:
        pass

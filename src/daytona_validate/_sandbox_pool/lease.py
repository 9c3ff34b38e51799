"""A sandbox of a pool, as the pool keeps it and as a snippet has it."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from daytona_validate._errors import ProgramStarved, SandboxUnavailable, SandboxUsedUp
from daytona_validate._models import Execution, SandboxSpec, Snippet, Stage
from daytona_validate._providers.protocol import Sandbox

if TYPE_CHECKING:
    from daytona_validate._sandbox_pool.call import SharedSandboxes


@dataclass(slots=True, eq=False)
class Held:
    """A started sandbox and its context, owned by one call."""

    call: SharedSandboxes
    spec: SandboxSpec
    sandbox: Sandbox
    stack: AsyncExitStack
    """Left, it removes the sandbox."""
    use: int = 1
    """Snippets that it was lent to."""
    alarm: asyncio.TimerHandle | None = None
    """While it is idle: when that has lasted too long."""

    def fits(self, call: SharedSandboxes, spec: SandboxSpec) -> bool:
        """Whether it is what a snippet of a call needs."""
        return self.call is call and self.spec == spec


class UsedSandboxFailed(Exception):
    """A sandbox that others were in before gave no verdict, maybe for what they did to it.

    Args:
        ran_nothing: Whether it refused before anything ran.
    """

    def __init__(self, *, ran_nothing: bool) -> None:
        super().__init__("A sandbox that was used before gave no verdict.")
        self.ran_nothing = ran_nothing


class Lease:
    """A sandbox that is lent to one snippet.

    Args:
        held: The sandbox.
    """

    def __init__(self, held: Held) -> None:
        self.sandbox_id = held.sandbox.sandbox_id
        self.use = held.use
        """Which of its sandbox's snippets this one is, from 1."""
        self.has_answered = False
        """Whether its run came to an execution."""
        self._sandbox = held.sandbox
        self._refusals, self._language = held.call.refusals, held.spec.language

    async def run(self, snippet: Snippet, *, until: Stage = Stage.RUN) -> Execution:
        """Run the snippet; see `Sandbox.run`.

        Raises:
            UsedSandboxFailed: It failed, and may not have without the snippets before.
            SandboxUnavailable: It failed for itself.
        """
        try:
            execution = await self._sandbox.run(snippet, until=until)
        except SandboxUnavailable as error:
            if self.use == 1 or isinstance(error, ProgramStarved):
                raise
            ran_nothing = isinstance(error, SandboxUsedUp)
            self._refusals[self._language] += ran_nothing
            raise UsedSandboxFailed(ran_nothing=ran_nothing) from error
        self.has_answered = True
        if self.use > 1:
            del self._refusals[self._language]
        return execution


@dataclass(slots=True, eq=False)
class Opening:
    """Waiter for a new sandbox, who may be given a used one instead."""

    call: SharedSandboxes
    spec: SandboxSpec | None
    """What it must be; None: a used one will not do."""
    patience_s: float
    """How long it waits before a sandbox is given up for it."""
    until_given: asyncio.Timeout = field(default_factory=lambda: asyncio.timeout(None))
    """The new one is asked for inside; it ends when a used one is given."""
    given: Held | None = None
    needs_room: bool = False
    """Whether a sandbox is to be given up for it, which has not been done yet."""
    alarm: asyncio.TimerHandle | None = None
    """When it has waited long."""

    def takes(self, held: Held) -> bool:
        """Whether a used sandbox will do."""
        return self.spec is not None and held.fits(self.call, self.spec)

    def give(self, held: Held) -> None:
        """Let it have a used sandbox, which nobody else may have from now on."""
        self.given = held
        self.until_given.reschedule(asyncio.get_running_loop().time())

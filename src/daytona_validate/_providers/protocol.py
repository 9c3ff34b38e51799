"""What a provider of sandboxes must offer: the one interface between the pipeline and the world."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Protocol, runtime_checkable

from daytona_validate._models import Execution, SandboxSpec, Snippet, Stage


class Sandbox(Protocol):
    """One isolated environment, fit for one snippet."""

    @property
    def sandbox_id(self) -> str:
        """Name under which the provider knows it."""
        ...

    async def run(self, snippet: Snippet, *, until: Stage = Stage.RUN) -> Execution:
        """Run one snippet and return what happened, whatever the snippet did.

        Args:
            snippet: What to run; its language is the one the sandbox was opened for.
            until: `Stage.CHECK` only checks, where the language has a check.

        Raises:
            SandboxLost: The sandbox died through no act of the snippet. The infrastructure's fault.
            ProgramStarved: Others kept the program from running until its time was up. It is run
                once more, in a sandbox opened with `spec.is_alone`.
            SandboxUnavailable: Any other failure of the infrastructure.
        """
        ...


@runtime_checkable
class SandboxProvider(Protocol):
    """Provider of sandboxes: one instance serves all calls of one validator, concurrently."""

    name: str

    async def prepare(self, spec: SandboxSpec) -> None:
        """Have ready what all sandboxes of a spec need; at once if it is ready already.

        The first time this may take minutes (a toolchain is copied, packages are installed), so
        it is outside every clock of a snippet and holds no slot.

        Raises:
            ToolchainMissing: The spec's language or packages cannot be had here.
            SandboxUnavailable: As for `open`.
        """
        ...

    def open(self, spec: SandboxSpec) -> AbstractAsyncContextManager[Sandbox]:
        """Make a sandbox; leaving the context removes it, also when cancelled twice.

        Raises:
            ToolchainMissing: The spec's language or packages cannot be had here.
            SandboxUnavailable: It could not be started; `retryable` says if asking again helps.
        """
        ...

    async def aclose(self) -> None:
        """Remove what is left and release what the provider holds; safe to call twice."""
        ...

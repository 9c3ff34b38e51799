"""What a provider of sandboxes must offer: the one interface between the pipeline and the world."""

from __future__ import annotations

import math
from contextlib import AbstractAsyncContextManager
from typing import Protocol, runtime_checkable

from daytona_validate._core.sandbox_account import SandboxAccount
from daytona_validate._models import Execution, SandboxSpec, Snippet, Stage
from daytona_validate._models.readiness import Missing, Swept


class Sandbox(Protocol):
    """One isolated environment, fit for one snippet.

    One that has a property `may_be_used_again` can be fit for more; see `ReusableSandbox`.
    """

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
            SandboxUsedUp: It was used before, and is not fit for another snippet after all: nothing
                was run. The snippet gets a new sandbox.
            SandboxUnavailable: Any other failure of the infrastructure.
        """
        ...


@runtime_checkable
class ReusableSandbox(Sandbox, Protocol):
    """Sandbox that can be fit for more than one snippet of a call, one after the other.

    It is used again only where `snippets_per_sandbox` is more than 1, and its context is then left
    in another task than it was entered in.
    """

    @property
    def may_be_used_again(self) -> bool:
        """Whether the next snippet finds it as if nothing had run in it; asked after each run."""
        ...


def may_be_used_again(sandbox: Sandbox) -> bool:
    """Whether a sandbox says that it is fit for another snippet; whoever does not say so is not."""
    return isinstance(sandbox, ReusableSandbox) and sandbox.may_be_used_again


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


@runtime_checkable
class IdentifiedProvider(SandboxProvider, Protocol):
    """Provider that can tell, at little cost, what its sandboxes are made of.

    Only the results of such a provider are cached.
    """

    async def identity(self, spec: SandboxSpec) -> str | None:
        """Return what stands for all that a program could tell sandboxes of a spec apart by.

        Nothing is started or prepared for it. It may hold no secret in clear text.

        Returns:
            A text that is another one as soon as anything else would run; None: it is not known,
            or programs could ask the world outside, which no text stands for.

        Raises:
            SandboxUnavailable: As for `open`.
            OSError: It could not be found out.
        """
        ...


@runtime_checkable
class ProvableProvider(SandboxProvider, Protocol):
    """Provider that can prove, before any snippet, that it has sandboxes at all."""

    async def prove(self) -> None:
        """Do nothing where there are sandboxes; the first time this may take a second.

        Raises:
            SandboxUnavailable: No sandbox at all can be had; the message says what to change.
        """
        ...


@runtime_checkable
class CheckedProvider(SandboxProvider, Protocol):
    """Provider that can tell, at some cost, what its sandboxes lack; of others, it is tried out."""

    async def missing(self, languages: tuple[str, ...]) -> tuple[Missing, ...]:
        """Return what is missing: of what each sandbox needs, and of what some languages need.

        Args:
            languages: Names in the table of languages; there may be none.

        Raises:
            Exception: It is missing itself, then.
        """
        ...


@runtime_checkable
class SweptProvider(SandboxProvider, Protocol):
    """Provider whose sandboxes can outlive the process that made them."""

    async def sweep(self, older_than_s: float, *, is_dry_run: bool) -> Swept:
        """Remove its sandboxes that are older than something; see `Validator.sweep`.

        Raises:
            SandboxUnavailable: They cannot be listed.
        """
        ...


@runtime_checkable
class MeteredProvider(SandboxProvider, Protocol):
    """Provider that counts its sandboxes, as they cost by the second."""

    def account(self) -> SandboxAccount:
        """Return how many sandboxes there were up to now, and for how long; also once closed."""
        ...


@runtime_checkable
class ThrottledProvider(SandboxProvider, Protocol):
    """Provider whose service limits how often it is asked for a sandbox, however few there are."""

    def held_back_s(self) -> float:
        """Return for how many seconds more it asks for none; negative: since when it may again."""
        ...


def held_back_s(provider: SandboxProvider) -> float:
    """Return for how many seconds more a provider asks for no sandbox; -inf if it always may."""
    return provider.held_back_s() if isinstance(provider, ThrottledProvider) else -math.inf

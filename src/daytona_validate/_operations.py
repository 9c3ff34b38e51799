"""What those ask of a validator who run it: whether it is ready, and that it ends in good order."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable

from daytona_validate._errors import ConfigurationError
from daytona_validate._models.readiness import Drained, Readiness, Swept
from daytona_validate._providers.protocol import SweptProvider
from daytona_validate._readiness import languages_named
from daytona_validate._session import Session


class Operations(ABC):
    """Operator's interface of a validator: readiness probe, graceful shutdown, clean-up."""

    async def ready(
        self, languages: Iterable[str] | None = None, *, timeout_s: float = 10.0
    ) -> Readiness:
        """Return whether snippets would run, and what is missing: for a start, and for `/healthz`.

        Locally it proves isolation and prepares toolchains and packages, as the first snippet would
        do. At Daytona it asks for the server, the key's permissions and the snapshots. A provider
        of your own may tell by itself (a method `missing`); else its `prepare` is tried.

        An answer counts for 30 s, or for 3 s if something is missing; many who ask at a time are
        one request. Not promised: that a snippet then gets its sandbox.

        Args:
            languages: Names or aliases of those that snippets will be in. None: what each language
                needs, and nothing of any.
            timeout_s: Seconds to wait for the answer. The search goes on for who asks next.

        Raises:
            ConfigurationError: There is no such language: the caller's fault.
            ValidatorClosed: The validator is not open in this event loop: the caller's fault.
        """
        names = languages_named(languages or ())
        return await self._session_of_this_loop().ready(names, longest_s=timeout_s)

    async def drain(self, timeout_s: float) -> Drained:
        """Take nothing new, finish what is under way or call it off, remove all, and close.

        From now on each new call raises `ValidatorClosed`, and `ready` says that it is draining.
        Calls that have begun go on, batches with all of their snippets. What has not ended in time
        comes out as `cancelled`, to whoever waits for it.

        Args:
            timeout_s: Seconds for what is under way. Removing takes a minute more at most.

        Raises:
            ValidatorClosed: The validator is not open in this event loop: the caller's fault.
        """
        drained = await self._session_of_this_loop().drain(timeout_s)
        await self.aclose()
        return drained

    async def sweep(self, *, older_than_s: float = 600.0, is_dry_run: bool = False) -> Swept:
        """Remove sandboxes that were left behind at Daytona, as `daytona-validate sweep` does.

        They end by themselves some minutes after their work; this is for those that do not. Only
        those that this package made are removed, by whatever process, and none that this validator
        uses. Other providers leave none behind.

        Args:
            older_than_s: Younger ones are left alone: somebody else may use them.
            is_dry_run: Whether they are only looked for.

        Raises:
            ConfigurationError: `older_than_s` is below 0.
            DaytonaValidateError: There is no key, or the service does not list them.
            ValidatorClosed: The validator is not open in this event loop: the caller's fault.
        """
        if older_than_s < 0:
            raise ConfigurationError(f"older_than_s must be at least 0, not {older_than_s}.")
        provider = self._session_of_this_loop().provider
        if not isinstance(provider, SweptProvider):
            return Swept()
        return await provider.sweep(older_than_s, is_dry_run=is_dry_run)

    @abstractmethod
    async def aclose(self) -> None:
        """Close; see `Validator.aclose`."""

    @abstractmethod
    def _session_of_this_loop(self) -> Session:
        """Return what is open, also while it is drained.

        Raises:
            ValidatorClosed: Nothing is.
        """

"""Open validator: what it holds between opening and closing, and how it is made from settings.

Provider and pipeline are handed the settings as such and read them by protocols of their own:
neither knows where they come from.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from daytona_validate._errors import ConfigurationError, ValidatorClosed
from daytona_validate._models import CodeValidationResult, Snippet
from daytona_validate._pipeline import Pipeline
from daytona_validate._providers.protocol import SandboxProvider
from daytona_validate._providers.registry import (
    DEFAULT_CONCURRENCY,
    ProviderParts,
    provider_entry,
)
from daytona_validate._runtime.cleanup import finish
from daytona_validate._runtime.limiter import Slots
from daytona_validate._settings import Settings

if TYPE_CHECKING:
    import httpx  # heavy, and only the Daytona provider needs it

_logger = logging.getLogger("daytona_validate")

CLOSED = "This validator is closed; make a new one."
CLOSE_GRACE_S = 60.0
"""How long a provider may take to remove what is left."""


class Session:
    """Open validator: a provider, its slots, and the pipeline over both.

    Args:
        provider: Closed together with the session.
        slots: The bound of all calls.
        pipeline: The way of a snippet, over the two.
    """

    def __init__(self, provider: SandboxProvider, slots: Slots, pipeline: Pipeline) -> None:
        self.provider = provider
        self.slots = slots
        self.idle = asyncio.Event()
        """Set while no snippet is on its way."""
        self.idle.set()
        self.is_closed = False
        self.loop: asyncio.AbstractEventLoop | None = None
        self._pipeline = pipeline
        self._on_their_way = 0

    async def validate(self, index: int, snippet: Snippet) -> CodeValidationResult:
        """Return the result of a snippet.

        Raises:
            ConfigurationError: It is no snippet: the caller's fault.
            ValidatorClosed: The session is closed.
        """
        if self.is_closed:
            raise ValidatorClosed(CLOSED)
        if not isinstance(snippet, Snippet):
            kind = type(snippet).__name__
            raise ConfigurationError(f"Snippets must be Snippet objects; number {index} is {kind}.")
        self._on_their_way += 1
        self.idle.clear()
        try:
            return await self._pipeline.validate(snippet, index=index)
        finally:
            self._on_their_way -= 1
            if self._on_their_way == 0:
                self.idle.set()

    async def close(self) -> None:
        """Wait for the snippets that are on their way, then close the provider."""
        self.is_closed = True
        try:
            await self.idle.wait()
        finally:
            await finish(_aclose(self.provider), grace_s=CLOSE_GRACE_S)


async def _aclose(provider: SandboxProvider) -> None:
    await provider.aclose()


def make_session(
    settings: Settings,
    *,
    provider: str | SandboxProvider | None,
    concurrency: int | None,
    http_client: httpx.AsyncClient | None,
) -> Session:
    """Return a session; it may block, as a provider's import takes long.

    Args:
        settings: What holds where the other arguments are None.
        provider: By name or as such; None: what the settings say.
        concurrency: Snippets at a time; None: what the settings say, else the provider's default.
        http_client: The caller's own for the service; None: one is made.
    """
    default_concurrency = DEFAULT_CONCURRENCY
    if provider is None or isinstance(provider, str):
        entry = provider_entry(provider or settings.provider)
        parts = ProviderParts(on_notice=_log_notice, http_client=http_client)
        provider = entry.make(settings, parts)
        default_concurrency = entry.concurrency()
    slots = Slots(
        concurrency or settings.concurrency or default_concurrency,
        max_waiting=settings.max_queue,
        longest_wait_s=settings.queue_timeout_s,
    )
    return Session(provider, slots, Pipeline(provider, slots, settings))


def _log_notice(notice: str) -> None:
    _logger.info("%s", notice)

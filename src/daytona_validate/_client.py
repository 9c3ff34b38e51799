"""The client: many snippets in, one result for each out, on one set of slots."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterable, AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Self

import anyio.to_thread

from daytona_validate._errors import ConfigurationError, ValidatorClosed
from daytona_validate._models import CodeValidationResult, Snippet
from daytona_validate._pipeline import Pipeline, PipelineSettings
from daytona_validate._providers.protocol import SandboxProvider
from daytona_validate._providers.registry import (
    DEFAULT_CONCURRENCY,
    ProviderSettings,
    provider_entry,
)
from daytona_validate._runtime.cleanup import finish
from daytona_validate._runtime.fan_out import fan_out
from daytona_validate._runtime.limiter import Slots
from daytona_validate._settings import Settings

if TYPE_CHECKING:
    import httpx  # heavy, and only the Daytona provider needs it

_logger = logging.getLogger("daytona_validate")

_CLOSED = "This validator is closed; make a new one."
CLOSE_GRACE_S = 60.0
"""How long a provider may take to remove what is left."""


class Validator:
    """Validates snippets in fresh sandboxes, many at a time.

    Open it once per process and event loop, with `async with`, and share it: all its calls
    together never run more than `concurrency` snippets at a time. The constructor does no
    I/O; settings are read on entering.

    Args:
        settings: None: from the environment, `.env` and pyproject.toml.
        provider: Who makes the sandboxes: `daytona`, `local`, or a provider of your own, which
            is closed together with the validator. None: what the settings say, else `daytona`.
        concurrency: Snippets at a time. None: what the settings say, else 2 x the cores of this
            process for `local`, and 10 for any other.
        http_client: Your own client for the Daytona service; it is not closed. None: one is made.

    Raises:
        ConfigurationError: An argument or, on entering, a setting is wrong: the caller's fault.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        provider: str | SandboxProvider | None = None,
        concurrency: int | None = None,
        http_client: httpx.AsyncClient | None = None,
    ) -> None:
        if isinstance(provider, str):
            provider_entry(provider)
        self._settings = settings
        self._provider = provider
        self._concurrency = _checked(concurrency)
        self._http_client = http_client
        self._session: _Session | None = None
        self._was_entered = False
        self._is_closed = False
        self._one_close_at_a_time = asyncio.Lock()

    async def __aenter__(self) -> Self:
        """Read the settings and make the provider; no sandbox is made yet.

        Raises:
            ConfigurationError: A setting is wrong; one line names it and what it accepts.
            ValidatorClosed: It was entered before: a validator opens once.
        """
        if self._was_entered or self._is_closed:
            raise ValidatorClosed("This validator was opened before; make a new one.")
        self._was_entered = True
        # A thread, because settings come from files and a provider's import takes long.
        session = await anyio.to_thread.run_sync(self._make_session)
        session.loop = asyncio.get_running_loop()
        self._session = session
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close; see `aclose`."""
        await self.aclose()

    async def aclose(self) -> None:
        """Take no more snippets, wait for those already taken, and close the provider.

        Safe to call twice and in any state. If the wait is cancelled, the provider is closed
        under the snippets that still run, and they come out as `unavailable`.
        """
        self._is_closed = True
        async with self._one_close_at_a_time:
            session, self._session = self._session, None
            if session is not None:
                await session.close()

    async def validate(
        self,
        code: str | Snippet,
        language: str | None = None,
        *,
        skill: str = "",
        stdin: str = "",
        timeout_s: float | None = None,
    ) -> CodeValidationResult:
        """Return what became of one snippet.

        Args:
            code: The code, or a snippet; the other arguments, where given, replace its own.
            language: Its language, a name or alias in any letter case.
            skill: Free text that comes back in the result.
            stdin: What the program reads.
            timeout_s: Wall seconds for the program alone. None: what the settings say.

        Raises:
            QueueFull: As many snippets wait for a slot as `max_queue` allows: shed load.
            ValidatorClosed: The validator is not open in this event loop: the caller's fault.
        """
        session = self._open_session()
        session.slots.refuse_if_full()
        return await session.validate(0, _snippet(code, language, skill, stdin, timeout_s))

    async def validate_many(
        self,
        snippets: Iterable[Snippet] | AsyncIterable[Snippet],
        *,
        concurrency: int | None = None,
    ) -> list[CodeValidationResult]:
        """Return one result for each snippet, in the order of the source.

        Args:
            snippets: See `stream`.
            concurrency: See `stream`.

        Raises:
            Exception: What the source raised, unchanged; else as `stream`.
        """
        async with self.stream(snippets, concurrency=concurrency) as finished:
            results = [result async for result in finished]
        return sorted(results, key=lambda result: result.index)

    def stream(
        self,
        snippets: Iterable[Snippet] | AsyncIterable[Snippet],
        *,
        concurrency: int | None = None,
    ) -> AbstractAsyncContextManager[AsyncIterator[CodeValidationResult]]:
        """Hold results as they finish: `async with validator.stream(s) as finished: async for …`.

        The source is read at most 2 x `concurrency` snippets ahead of the loop, so it may be
        endless. Leaving the block, in any way, stops what still runs, removes its sandboxes and
        closes the source if it is a generator.

        Args:
            snippets: A plain or an asynchronous iterable. A plain one is read in the event loop's
                thread: one that blocks belongs into an asynchronous generator.
            concurrency: Snippets of this call at a time; never more than the validator's own.

        Raises:
            ConfigurationError: The concurrency is below 1, or an item is not a `Snippet`.
            QueueFull: The queue is full already. Once begun, a call waits for slots instead.
            ValidatorClosed: The validator is not open in this event loop: the caller's fault.
            Exception: What the source raised, unchanged, after the results of what came before.
        """
        session = self._open_session()
        workers = min(session.slots.total, _checked(concurrency) or session.slots.total)
        session.slots.refuse_if_full()
        return fan_out(snippets, session.validate, workers=workers)

    def _open_session(self) -> _Session:
        if self._is_closed:
            raise ValidatorClosed(_CLOSED)
        if self._session is None:
            raise ValidatorClosed("This validator is not open yet: use `async with Validator()`.")
        if self._session.loop is not asyncio.get_running_loop():
            raise ValidatorClosed(
                "This validator was opened in another event loop; open one in each loop."
            )
        return self._session

    def _make_session(self) -> _Session:
        """Read the settings and make the provider. Called in a thread: it may block."""
        settings = self._settings or Settings.load()
        provider = self._provider
        default_concurrency = DEFAULT_CONCURRENCY
        if provider is None or isinstance(provider, str):
            entry = provider_entry(provider or settings.provider)
            provider = entry.make(_provider_settings(settings, self._http_client))
            default_concurrency = entry.concurrency()
        slots = Slots(
            self._concurrency or settings.concurrency or default_concurrency,
            max_waiting=settings.max_queue,
            longest_wait_s=settings.queue_timeout_s,
        )
        pipeline = Pipeline(provider, slots, _pipeline_settings(settings))
        return _Session(provider, slots, pipeline)


class _Session:
    """What a validator holds between opening and closing."""

    def __init__(self, provider: SandboxProvider, slots: Slots, pipeline: Pipeline) -> None:
        self.provider = provider
        self.slots = slots
        self.is_idle = asyncio.Event()
        """Set while no snippet is on its way."""
        self.is_idle.set()
        self.is_closed = False
        self.loop: asyncio.AbstractEventLoop | None = None
        self._pipeline = pipeline
        self._on_their_way = 0

    async def validate(self, index: int, snippet: Snippet) -> CodeValidationResult:
        if self.is_closed:
            raise ValidatorClosed(_CLOSED)
        if not isinstance(snippet, Snippet):
            kind = type(snippet).__name__
            raise ConfigurationError(f"Snippets must be Snippet objects; number {index} is {kind}.")
        self._on_their_way += 1
        self.is_idle.clear()
        try:
            return await self._pipeline.validate(snippet, index=index)
        finally:
            self._on_their_way -= 1
            if self._on_their_way == 0:
                self.is_idle.set()

    async def close(self) -> None:
        self.is_closed = True
        try:
            await self.is_idle.wait()
        finally:
            await finish(_aclose(self.provider), grace_s=CLOSE_GRACE_S)


async def _aclose(provider: SandboxProvider) -> None:
    await provider.aclose()


def _checked(concurrency: int | None) -> int | None:
    if concurrency is not None and concurrency < 1:
        raise ConfigurationError(f"concurrency must be at least 1, not {concurrency}.")
    return concurrency


def _snippet(
    code: str | Snippet, language: str | None, skill: str, stdin: str, timeout_s: float | None
) -> Snippet:
    snippet = code if isinstance(code, Snippet) else Snippet(code=code, language="")
    return replace(
        snippet,
        language=snippet.language if language is None else language,
        skill=skill or snippet.skill,
        stdin=stdin or snippet.stdin,
        timeout_s=snippet.timeout_s if timeout_s is None else timeout_s,
    )


def _provider_settings(
    settings: Settings, http_client: httpx.AsyncClient | None
) -> ProviderSettings:
    return ProviderSettings(
        has_api_key=settings.api_key is not None,
        http_client=http_client,
        cache_dir=settings.cache_dir,
        on_notice=lambda notice: _logger.info("%s", notice),
    )


def _pipeline_settings(settings: Settings) -> PipelineSettings:
    return PipelineSettings(
        limits=settings.limits(),
        timeouts_s=settings.timeouts,
        packages=settings.packages,
        max_code_bytes=settings.max_code_bytes,
        create_timeout_s=settings.create_timeout_s,
        create_attempts=settings.create_attempts,
        total_timeout_s=settings.total_timeout_s,
    )

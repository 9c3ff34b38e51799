"""Open validator: what it holds between opening and closing, and how it is made from settings.

Provider and pipeline are handed the settings as such and read them by protocols of their own:
neither knows where they come from.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import (
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Sized,
)
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from daytona_validate._call import Call, OpenCalls
from daytona_validate._core.intake import named_language
from daytona_validate._core.languages.table import find_language
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
from daytona_validate._runtime.fan_out import fan_out
from daytona_validate._runtime.left_work import LeftWork
from daytona_validate._runtime.limiter import Caller, Slots, patience
from daytona_validate._sandbox_pool.call import SharedSandboxes
from daytona_validate._sandbox_pool.pool import SandboxPool
from daytona_validate._sandbox_pool.turns import look_ahead
from daytona_validate._settings import Settings

if TYPE_CHECKING:
    import httpx  # heavy, and only the Daytona provider needs it

    from daytona_validate._result_cache.result_cache import ResultCache

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
        pool: Of sandboxes that are used more than once; None: none is.
        cache: Of results; closed together with the session. None: every snippet is run.
    """

    def __init__(
        self,
        provider: SandboxProvider,
        slots: Slots,
        pipeline: Pipeline,
        pool: SandboxPool | None = None,
        cache: ResultCache | None = None,
    ) -> None:
        self.provider = provider
        self.slots = slots
        self.calls = OpenCalls()
        self.is_closed = False
        self.loop: asyncio.AbstractEventLoop | None = None
        self._pipeline = pipeline
        self._pool = pool
        self._cache = cache
        self._left = LeftWork()

    async def result(
        self, snippet: Snippet, *, queue_timeout_s: float | None = None
    ) -> CodeValidationResult:
        """Return the result of a call of one snippet; see `Validator.validate`.

        Args:
            snippet: What to validate.
            queue_timeout_s: See `Validator.validate`.
        """
        call = self._call(self.slots.caller(longest_wait_s=queue_timeout_s))
        # Here, as the work begins a turn of the loop later: of a burst, each counts at once.
        with self.slots.work(call.caller), patience(queue_timeout_s):
            return await self._left.result(
                self._single(call, snippet), on_left=lambda: self.calls.nobody_waits_for(call)
            )

    def results(
        self,
        snippets: Iterable[Snippet] | AsyncIterable[Snippet],
        *,
        workers: int,
        stop_after_unavailable: int | None = None,
    ) -> AbstractAsyncContextManager[AsyncIterator[CodeValidationResult]]:
        """Hold the results of one call; see `fan_out`.

        Args:
            snippets: See `Validator.stream`.
            workers: How many are under way at a time.
            stop_after_unavailable: See `Validator.stream`.
        """
        call = self._call(self.slots.caller(), stop_after_unavailable)
        return self._results(snippets, call, workers)

    async def all_of(
        self, results: AbstractAsyncContextManager[AsyncIterator[CodeValidationResult]]
    ) -> list[CodeValidationResult]:
        """Return the results of one call, in the order of its source."""
        return await self._left.result(_collected(results))

    async def close(self) -> None:
        """Wait for the snippets that are on their way, then close the provider."""
        self.is_closed = True
        try:
            await self.calls.idle.wait()
            await self._left.ended(longest_s=CLOSE_GRACE_S)
        finally:
            await finish(self._close_all(), grace_s=CLOSE_GRACE_S)

    def _call(self, caller: Caller, stop_after_unavailable: int | None = None) -> Call:
        return Call(
            caller,
            provider=self.provider.name,
            stop_after_unavailable=stop_after_unavailable,
        )

    async def _single(self, call: Call, snippet: Snippet) -> CodeValidationResult:
        with self.calls.open(call):
            if self._pool is None:
                return await self._validate(call, 0, snippet)
            async with SharedSandboxes(self._pool, places=1) as sandboxes:
                return await self._validate(call, 0, snippet, shared=sandboxes)

    @asynccontextmanager
    async def _results(
        self,
        snippets: Iterable[Snippet] | AsyncIterable[Snippet],
        call: Call,
        workers: int,
    ) -> AsyncIterator[AsyncIterator[CodeValidationResult]]:
        async with AsyncExitStack() as stack:
            stack.enter_context(self.calls.open(call))
            validate, on_drained = partial(self._validate, call), _nothing
            if self._pool is not None:
                sandboxes = SharedSandboxes(self._pool, places=workers)
                await stack.enter_async_context(sandboxes)
                validate, on_drained = partial(validate, shared=sandboxes), sandboxes.drain
                workers = look_ahead(workers)
            finished = await stack.enter_async_context(
                fan_out(snippets, validate, workers=workers, on_drained=on_drained)
            )
            if not isinstance(snippets, Sized):  # it may be endless
                call.off.on_call_off = finished.stop
            yield finished

    async def _validate(
        self, call: Call, index: int, snippet: Snippet, *, shared: SharedSandboxes | None = None
    ) -> CodeValidationResult:
        """Return the result of a snippet of a call.

        Args:
            call: The call.
            index: The snippet's position in its source.
            snippet: What to validate.
            shared: The sandboxes of the call; None: it gets one of its own.

        Raises:
            ConfigurationError: It is no snippet: the caller's fault.
            ValidatorClosed: The session is closed.
        """
        if not isinstance(snippet, Snippet):
            kind = type(snippet).__name__
            raise ConfigurationError(f"Snippets must be Snippet objects; number {index} is {kind}.")
        if self.is_closed and call.off.why is None:
            raise ValidatorClosed(CLOSED)
        run = partial(
            self._pipeline.validate, snippet, index=index, caller=call.caller, shared=shared
        )
        if self._cache is not None:
            run = partial(self._cache.result, snippet, index=index, run=run)
        if shared is not None:
            run = partial(_in_turn, shared, snippet, run)
        is_new = call.caller.is_new
        if is_new:
            self.slots.begin(call.caller)
        self.calls.begin(call)
        try:
            return await call.result(index, snippet, run)
        finally:
            self.calls.end(call)
            if is_new:
                self.slots.end(call.caller)

    async def _close_all(self) -> None:
        try:
            if self._pool is not None:
                await self._pool.aclose()
            await self.provider.aclose()
        finally:
            if self._cache is not None:
                await self._cache.aclose()


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
    default_concurrency, most = DEFAULT_CONCURRENCY, math.inf
    if provider is None or isinstance(provider, str):
        entry = provider_entry(provider or settings.provider)
        parts = ProviderParts(on_notice=_log_notice, http_client=http_client)
        provider = entry.make(settings, parts)
        default_concurrency, most = entry.concurrency(), entry.most_at_a_time(settings)
    slots = Slots(
        int(min(most, concurrency or settings.concurrency or default_concurrency)),
        max_waiting=settings.max_queue,
        longest_wait_s=settings.queue_timeout_s,
    )
    uses = settings.snippets_per_sandbox
    pool = SandboxPool(provider, uses=uses, places=slots.total) if uses > 1 else None
    return Session(
        provider, slots, Pipeline(provider, slots, settings), pool, _cache(provider, settings)
    )


def _cache(provider: SandboxProvider, settings: Settings) -> ResultCache | None:
    # A snippet before it in its sandbox may have left something there: none is kept.
    if settings.cache in (None, "off") or settings.snippets_per_sandbox > 1:
        return None
    try:  # a Python may have been built without SQLite
        from daytona_validate._result_cache.answer_file import AnswerFile  # noqa: PLC0415 - as said
        from daytona_validate._result_cache.result_cache import ResultCache  # noqa: PLC0415 - as said
    except ModuleNotFoundError as error:
        _logger.info("The result cache is not used: %s", error)
        return None
    file = AnswerFile(settings.cache_dir)
    return ResultCache(provider, settings, file, only_passed=settings.cache == "passed")


async def _in_turn(
    sandboxes: SharedSandboxes, snippet: Snippet, run: Callable[[], Awaitable[CodeValidationResult]]
) -> CodeValidationResult:
    async with sandboxes.turn(_language_of(snippet)):
        return await run()


async def _collected(
    results: AbstractAsyncContextManager[AsyncIterator[CodeValidationResult]],
) -> list[CodeValidationResult]:
    async with results as finished:
        found = [result async for result in finished]
    return sorted(found, key=lambda result: result.index)


def _nothing() -> None:
    pass


def _language_of(snippet: Snippet) -> str:
    """Return the table's name of a snippet's language; what it calls it, if that is unknown."""
    name = named_language(snippet)
    language = find_language(name)
    return name if language is None else language.name


def _log_notice(notice: str) -> None:
    _logger.info("%s", notice)

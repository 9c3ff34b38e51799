"""Open validator: what it holds between opening and closing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import (
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Coroutine,
    Iterable,
    Sized,
)
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from daytona_validate._call import Call, OpenCalls
from daytona_validate._core.intake import named_language
from daytona_validate._core.languages.table import find_language
from daytona_validate._errors import ConfigurationError, ValidatorClosed
from daytona_validate._models import CodeValidationResult, Reason, Snippet
from daytona_validate._models.readiness import Drained, Missing, Readiness
from daytona_validate._observe.watch import Watch
from daytona_validate._pipeline import Pipeline
from daytona_validate._pipeline_config import PipelineConfig
from daytona_validate._providers.protocol import SandboxProvider
from daytona_validate._readiness import ReadinessCheck
from daytona_validate._runtime.cleanup import finish
from daytona_validate._runtime.fan_out import fan_out
from daytona_validate._runtime.left_work import LeftWork
from daytona_validate._runtime.limiter import Caller, Slots, patience
from daytona_validate._sandbox_pool.call import SharedSandboxes
from daytona_validate._sandbox_pool.pool import SandboxPool
from daytona_validate._sandbox_pool.turns import look_ahead

if TYPE_CHECKING:
    from daytona_validate._result_cache.result_cache import ResultCache

_logger = logging.getLogger("daytona_validate")

T = TypeVar("T")

CLOSED = "This validator is closed; make a new one."
DRAINING = "This validator is being drained: it takes nothing new."
DRAINED = "the validator was drained"
CLOSE_GRACE_S = 60.0
"""How long a provider may take to remove what is left."""


class Session:
    """Open validator: a provider, its slots, and the pipeline over both.

    Args:
        provider: Closed together with the session.
        slots: The bound of all calls.
        pipeline: The way of a snippet, over the two.
        config: What checks before any snippet go by.
        watch: What the operator sees of it.
        pool: Of sandboxes that are used more than once; None: none is.
        cache: Of results; closed together with the session. None: every snippet is run.
    """

    def __init__(
        self,
        provider: SandboxProvider,
        slots: Slots,
        pipeline: Pipeline,
        *,
        config: PipelineConfig,
        watch: Watch,
        pool: SandboxPool | None = None,
        cache: ResultCache | None = None,
    ) -> None:
        self.provider = provider
        self.slots = slots
        self.watch = watch
        self.calls = OpenCalls()
        self.readiness = ReadinessCheck(provider, config)
        self.is_closed = False
        self.is_draining = False
        self._is_drained = False
        self.loop: asyncio.AbstractEventLoop | None = None
        self._pipeline = pipeline
        self._pool = pool
        self._cache = cache
        self._left = LeftWork()

    async def result(
        self, snippet: Snippet, *, queue_timeout_s: float | None
    ) -> CodeValidationResult:
        """Return the result of a call of one snippet; see `Validator.validate`.

        Args:
            snippet: What to validate.
            queue_timeout_s: See `Validator.validate`.
        """
        call = self._call(self.slots.caller(longest_wait_s=queue_timeout_s))
        # Here, as the work begins a turn of the loop later: of a burst, each counts at once.
        with self.slots.work(call.caller), patience(queue_timeout_s):
            return await self._unless_left(call, self._single(call, snippet))

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
        self,
        snippets: Iterable[Snippet] | AsyncIterable[Snippet],
        *,
        workers: int,
        stop_after_unavailable: int | None = None,
    ) -> list[CodeValidationResult]:
        """Return the results of one call, in the order of its source; arguments as `results`."""
        call = self._call(self.slots.caller(), stop_after_unavailable)
        return await self._unless_left(call, _collected(self._results(snippets, call, workers)))

    async def close(self) -> None:
        """Wait for the snippets that are on their way, then close the provider."""
        try:
            if not self._is_drained:  # else that was waited for as long as it may take
                await asyncio.sleep(0)  # of calls made in this turn, the work begins now
                self.is_closed = True
                await self.calls.idle.wait()
            await self._left.ended(longest_s=CLOSE_GRACE_S)
        finally:
            self.is_closed = True
            await finish(self._close_all(), grace_s=CLOSE_GRACE_S)

    async def ready(self, languages: tuple[str, ...], *, longest_s: float) -> Readiness:
        """Return what is missing; see `Validator.ready`."""
        if self.is_draining:
            advice = "This process ends: ask another one."
            closed = Missing(what="validator", reason=Reason.CLOSED, advice=advice)
            return Readiness((closed,))
        return await self.readiness.readiness(languages, longest_s=longest_s)

    async def drain(self, timeout_s: float) -> Drained:
        """Take nothing new, finish or call off what runs, and close; see `Validator.drain`."""
        self.is_draining = True
        await asyncio.sleep(0)  # of calls made in this turn, the work begins now
        finished, called_off = await self.calls.drain(timeout_s, DRAINED)
        left = await self.calls.until_idle(CLOSE_GRACE_S)
        self._is_drained = True
        return Drained(finished=finished, called_off=called_off, left=left)

    def _call(self, caller: Caller, stop_after_unavailable: int | None = None) -> Call:
        return Call(
            caller,
            provider=self.provider.name,
            stop_after_unavailable=stop_after_unavailable,
        )

    async def _unless_left(self, call: Call, work: Coroutine[Any, Any, T]) -> T:
        """Return the result of the work of a call; its caller may leave it behind."""
        return await self._left.result(work, on_left=lambda: self.calls.nobody_waits_for(call))

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
        self.slots.begin(call.caller)
        self.calls.begin(call)
        try:
            return call.result(index, snippet, await call.off.piece(run))
        finally:
            self.calls.end(call)
            self.slots.end(call.caller)

    async def _close_all(self) -> None:
        try:
            await self.readiness.aclose()
            if self._pool is not None:
                await self._pool.aclose()
            await self.provider.aclose()
        finally:
            self.watch.close()
            if self._cache is not None:
                await self._cache.aclose()


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

"""The asynchronous client: many snippets in, one result for each out, on one set of slots."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Self

import anyio.to_thread

from daytona_validate._errors import ConfigurationError, ValidatorClosed
from daytona_validate._make_session import make_session
from daytona_validate._models import CodeValidationResult, Snippet
from daytona_validate._observe.counts import NO_STATS, Stats
from daytona_validate._observe.events import OnEvent
from daytona_validate._observe.watch import Watch
from daytona_validate._operations import Operations
from daytona_validate._providers.protocol import SandboxProvider
from daytona_validate._providers.registry import provider_entry
from daytona_validate._session import CLOSED, DRAINING, Session
from daytona_validate._settings import Settings

if TYPE_CHECKING:
    import httpx  # heavy, and only the Daytona provider needs it


class Validator(Operations):
    """Asynchronous client: validates snippets in fresh sandboxes, many at a time.

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
        on_event: A plain function, told of each `Event` in order, in the thread of the event loop,
            so it must not block; what it raises is logged. None: nobody is told.

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
        on_event: OnEvent | None = None,
    ) -> None:
        if isinstance(provider, str):
            provider_entry(provider)
        self._settings = settings
        self._provider = provider
        self._concurrency = _checked(concurrency)
        self._http_client = http_client
        self._on_event = on_event
        self._watch: Watch | None = None
        self._session: Session | None = None
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
        self._session, self._watch = session, session.watch
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

        It waits for what cancelled calls left behind, too: afterwards, no sandbox is left but those
        that could not be removed, which the log names.

        Safe to call twice and in any state. If the wait is cancelled, the provider is closed
        under the snippets that still run, and they come out as `unavailable`.
        """
        self._is_closed = True
        async with self._one_close_at_a_time:
            session, self._session = self._session, None
            if session is not None:
                await session.close()

    def stats(self) -> Stats:
        """Return a snapshot of what was done since the validator was opened; also once closed.

        Call it in the thread of the event loop. An answer from the result cache counts in nothing.
        """
        return NO_STATS if self._watch is None else self._watch.stats()

    async def validate(
        self,
        code: str | Snippet,
        language: str | None = None,
        *,
        skill: str = "",
        stdin: str = "",
        timeout_s: float | None = None,
        queue_timeout_s: float | None = None,
    ) -> CodeValidationResult:
        """Return the result of one snippet.

        It gets one of the next slots that come free, however many snippets of batches wait.

        Cancelled, as by `asyncio.wait_for`, it ends within 0.1 s. The program is ended at once; if
        its sandbox takes longer to remove, that goes on in a task of the validator's, which
        `aclose` waits for, a minute at most. `validate_many` does the same; leaving a `stream`
        waits for the removals.

        Args:
            code: The code, or a snippet; the other arguments, where given, replace its own.
            language: Its language, a name or alias in any letter case.
            skill: Free text that comes back in the result.
            stdin: What the program reads.
            timeout_s: Seconds for the program alone in which it could run; at most 4 x as many of
                wall time. None: what the settings say.
            queue_timeout_s: Seconds to wait for a slot, of the validator and then of the host;
                after them the result is `unavailable`. 0: it does not wait. None: what the
                settings say.

        Raises:
            ConfigurationError: `queue_timeout_s` is below 0.
            QueueFull: As many calls wait for their first slot as `max_queue` allows: shed load,
                and say when to come again: `retry_after_s`.
            ValidatorClosed: The validator is not open in this event loop: the caller's fault.
        """
        session = self._open_session()
        if queue_timeout_s is not None and queue_timeout_s < 0:
            raise ConfigurationError(f"queue_timeout_s must be at least 0, not {queue_timeout_s}.")
        session.slots.refuse_if_full()
        return await session.result(
            _snippet(code, language, skill, stdin, timeout_s), queue_timeout_s=queue_timeout_s
        )

    async def validate_many(
        self,
        snippets: Iterable[Snippet] | AsyncIterable[Snippet],
        *,
        concurrency: int | None = None,
        stop_after_unavailable: int | None = None,
    ) -> list[CodeValidationResult]:
        """Return one result for each snippet, in the order of the source.

        Args:
            snippets: See `stream`.
            concurrency: See `stream`.
            stop_after_unavailable: See `stream`. There is one result for each snippet then, too, if
                the source has a length, as a list has; else one for each that was read.

        Raises:
            Exception: What the source raised, unchanged; else as `stream`.
        """
        session, workers = self._room_for_many(concurrency, stop_after_unavailable)
        return await session.all_of(
            snippets, workers=workers, stop_after_unavailable=stop_after_unavailable
        )

    def stream(
        self,
        snippets: Iterable[Snippet] | AsyncIterable[Snippet],
        *,
        concurrency: int | None = None,
        stop_after_unavailable: int | None = None,
    ) -> AbstractAsyncContextManager[AsyncIterator[CodeValidationResult]]:
        """Hold results as they finish: `async with validator.stream(s) as finished: async for …`.

        The source is read at most 2 x `concurrency` snippets ahead of the loop, so it may be
        endless; where snippets share sandboxes 32 x, as those that fit one come first. Leaving the
        block, in any way, stops what still runs, removes its sandboxes and closes the source if it
        is a generator.

        Args:
            snippets: A plain or an asynchronous iterable. A plain one is read in the event loop's
                thread: one that blocks belongs into an asynchronous generator.
            concurrency: Snippets of this call at a time; never more than the validator's own.
            stop_after_unavailable: So many results in a row that are `unavailable`, with nothing
                that ran between them, end the call: what is under way, and all that come after,
                are `cancelled`, at once and for one reason. Those with the reason `queue_timeout`
                do not count: that is the caller's own limit. A source without a length, which may
                be endless, is read no further. None: each snippet is tried, however many fail.

        Raises:
            ConfigurationError: A number is below 1, or an item is not a `Snippet`.
            QueueFull: As for `validate`: raised by this call, before anything is entered. Once
                begun, a call waits for slots instead, each of its snippets for `queue_timeout_s`
                at most in which the call got no other slot.
            ValidatorClosed: The validator is not open in this event loop: the caller's fault.
            Exception: What the source raised, unchanged, after the results of what came before.
        """
        session, workers = self._room_for_many(concurrency, stop_after_unavailable)
        return session.results(
            snippets, workers=workers, stop_after_unavailable=stop_after_unavailable
        )

    def _room_for_many(
        self, concurrency: int | None, stop_after_unavailable: int | None
    ) -> tuple[Session, int]:
        """Return what is open, and how many snippets of one call it takes at a time."""
        session = self._open_session()
        workers = min(session.slots.total, _checked(concurrency) or session.slots.total)
        _checked(stop_after_unavailable, "stop_after_unavailable")
        session.slots.refuse_if_full()
        return session, workers

    def _open_session(self) -> Session:
        session = self._session_of_this_loop()
        if session.is_draining:
            raise ValidatorClosed(DRAINING)
        return session

    def _session_of_this_loop(self) -> Session:
        if self._is_closed:
            raise ValidatorClosed(CLOSED)
        if self._session is None:
            raise ValidatorClosed("This validator is not open yet: use `async with Validator()`.")
        if self._session.loop is not asyncio.get_running_loop():
            raise ValidatorClosed(
                "This validator was opened in another event loop; open one in each loop."
            )
        return self._session

    def _make_session(self) -> Session:
        """Read the settings and make the provider. Called in a thread: it may block."""
        return make_session(
            self._settings or Settings.load(),
            provider=self._provider,
            concurrency=self._concurrency,
            http_client=self._http_client,
            on_event=self._on_event,
        )


def _checked(number: int | None, name: str = "concurrency") -> int | None:
    if number is not None and number < 1:
        raise ConfigurationError(f"{name} must be at least 1, not {number}.")
    return number


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

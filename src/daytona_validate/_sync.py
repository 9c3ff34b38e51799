"""The synchronous client: a `Validator` over one event loop in a background thread.

It works from a script, from a notebook or a coroutine (which it blocks, as any synchronous call
does), and from many threads at a time, which share one set of slots. `get_daytona_client` and
`validate_code_with_daytona` are the two names of this project's first version; programs
written for it run on.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable
from functools import partial
from types import TracebackType
from typing import Any, Self, TypeVar

from daytona_validate._client import Validator
from daytona_validate._core.results import six_key_dict
from daytona_validate._errors import ValidatorClosed
from daytona_validate._models import CodeValidationResult, Snippet
from daytona_validate._models.readiness import Drained, Readiness, Swept
from daytona_validate._observe.counts import Stats
from daytona_validate._observe.events import OnEvent
from daytona_validate._providers.protocol import SandboxProvider
from daytona_validate._runtime.background_loop import BackgroundLoop, CallerWork
from daytona_validate._runtime.callers_source import CallersSource
from daytona_validate._settings import Settings
from daytona_validate._systems import in_forked_child

T = TypeVar("T")

_CLOSED = "This client is closed; make a new one, or call get_daytona_client() again."
_FORKED = "This client's provider belongs to the parent process; make a new client in this one."


class DaytonaClient:
    """Synchronous client: validates snippets in fresh sandboxes, from any number of threads.

    It opens at its first call, and closes itself when the program ends. In a forked child it
    opens anew.

    Args:
        settings: See `Validator`.
        provider: See `Validator`.
        concurrency: See `Validator`.
        on_event: See `Validator`; it is called in the background loop's thread.

    Raises:
        ConfigurationError: An argument or, on opening, a setting is wrong: the caller's fault.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        provider: str | SandboxProvider | None = None,
        concurrency: int | None = None,
        on_event: OnEvent | None = None,
    ) -> None:
        self._make = partial(
            Validator, settings, provider=provider, concurrency=concurrency, on_event=on_event
        )
        self._make()  # wrong arguments raise here, not at the first call
        self._can_open_again = provider is None or isinstance(provider, str)
        self._session: _OpenValidator | None = None
        self._why_closed = ""
        self._lock = threading.Lock()
        _clients.add(self)

    @property
    def is_closed(self) -> bool:
        """Whether it takes no more snippets."""
        return self._why_closed != ""

    def open(self) -> Self:
        """Read the settings and make the provider, ahead of the first call.

        Raises:
            ConfigurationError: A setting is wrong; one line names it and what it accepts.
            ValidatorClosed: The client is closed, or the interpreter is ending.
        """
        self._open_session()
        return self

    def close(self) -> None:
        """Take no more snippets, wait for those in a sandbox, and remove all sandboxes.

        Safe to call twice and in any state.
        """
        with self._lock:
            self._why_closed = self._why_closed or _CLOSED
            session = self._session
        if session is not None:
            session.loop.close()

    def __enter__(self) -> Self:
        """Open; see `open`."""
        return self.open()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close; see `close`."""
        self.close()

    def validate_code_with_daytona(self, code: str, language: str, skill: str) -> dict[str, Any]:
        """Return the result of a snippet as a dict of six keys, as the first version had it.

        The keys are `skill`, `status` (`Success` or `Failure`), `output`, `error` (None if there
        is none), `execution_time` (seconds) and `details`. Without a key, and whenever the
        service cannot be had, a fallback says so in its `details`: there is no exception.

        Args:
            code: The code.
            language: Its language, a name or alias in any letter case.
            skill: Free text that comes back in the dict.

        Raises:
            QueueFull: As `validate`.
            ValidatorClosed: As `validate`.
        """
        return six_key_dict(self.validate(code, language, skill=skill))

    def validate(
        self,
        code: str | Snippet,
        language: str | None = None,
        *,
        skill: str = "",
        stdin: str = "",
        timeout_s: float | None = None,
        queue_timeout_s: float | None = None,
    ) -> CodeValidationResult:
        """Return the result of one snippet; see `Validator.validate`.

        Raises:
            ConfigurationError: As for `Validator.validate`.
            KeyboardInterrupt: Ctrl-C; the sandbox is removed in the background.
            QueueFull: As many calls wait for their first slot as `max_queue` allows: shed load.
            ValidatorClosed: The client is closed: the caller's fault.
        """
        return self._run(
            lambda validator: validator.validate(
                code,
                language,
                skill=skill,
                stdin=stdin,
                timeout_s=timeout_s,
                queue_timeout_s=queue_timeout_s,
            )
        )

    def validate_many(
        self,
        snippets: Iterable[Snippet] | AsyncIterable[Snippet],
        *,
        concurrency: int | None = None,
        stop_after_unavailable: int | None = None,
    ) -> list[CodeValidationResult]:
        """Return one result for each snippet, in the order of the source.

        Args:
            snippets: A plain iterable, read in this thread as slots come free, or an asynchronous
                one, read in the loop in the background.
            concurrency: Snippets of this call at a time; never more than the client's own.
            stop_after_unavailable: See `Validator.validate_many`.

        Raises:
            ConfigurationError: A number is below 1, or an item is not a `Snippet`.
            Exception: What the source raised, unchanged; else as `validate`.
        """
        options = {"concurrency": concurrency, "stop_after_unavailable": stop_after_unavailable}
        if isinstance(snippets, AsyncIterable):
            return self._run(lambda each: each.validate_many(snippets, **options))
        source = CallersSource(snippets)
        return self._run(
            lambda each: each.validate_many(source.items(), **options), meanwhile=source
        )

    def ready(
        self, languages: Iterable[str] | None = None, *, timeout_s: float = 10.0
    ) -> Readiness:
        """Return whether snippets would run, and what is missing; see `Validator.ready`.

        Raises:
            ConfigurationError: There is no such language: the caller's fault.
            ValidatorClosed: As `validate`.
        """
        return self._run(lambda validator: validator.ready(languages, timeout_s=timeout_s))

    def drain(self, timeout_s: float) -> Drained:
        """Take nothing new, finish what other threads wait for or call it off, and close.

        Args:
            timeout_s: See `Validator.drain`.

        Raises:
            ValidatorClosed: As `validate`.
        """
        drained = self._run(lambda validator: validator.drain(timeout_s))
        self.close()
        return drained

    def sweep(self, *, older_than_s: float = 600.0, is_dry_run: bool = False) -> Swept:
        """Remove sandboxes that were left behind at Daytona; see `Validator.sweep`.

        Raises:
            ConfigurationError: `older_than_s` is below 0.
            DaytonaValidateError: As for `Validator.sweep`.
            ValidatorClosed: As `validate`.
        """
        return self._run(
            lambda validator: validator.sweep(older_than_s=older_than_s, is_dry_run=is_dry_run)
        )

    def stats(self) -> Stats:
        """Return a snapshot of what was done since the client was opened; see `Validator.stats`.

        Raises:
            ValidatorClosed: The client is closed.
        """

        async def stats(validator: Validator) -> Stats:
            return validator.stats()

        return self._run(stats)

    def _run(
        self, work: Callable[[Validator], Awaitable[T]], *, meanwhile: CallerWork | None = None
    ) -> T:
        session = self._open_session()
        return session.loop.call(lambda: work(session.validator), meanwhile=meanwhile)

    def _open_session(self) -> _OpenValidator:
        with self._lock:
            if self._why_closed:
                raise ValidatorClosed(self._why_closed)
            if self._session is None:
                self._session = _OpenValidator(self._make())
            return self._session

    def _forget_the_parent(self) -> None:
        """Begin anew in a forked child. The lock may be held by a thread that is not here."""
        self._lock = threading.Lock()
        if self._session is not None and not self._can_open_again:
            self._why_closed = _FORKED
        self._session = None


class _OpenValidator:
    """Validator, opened, and the background event loop that it lives in."""

    def __init__(self, validator: Validator) -> None:
        self.validator = validator
        self.loop = BackgroundLoop(on_close=validator.aclose)
        try:
            self.loop.call(validator.__aenter__)
        except BaseException:
            self.loop.close()
            raise


class _Shared:
    """Singleton: the client of this process, and its lock."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.client: DaytonaClient | None = None


def get_daytona_client() -> DaytonaClient:
    """Return the client of this process, open; a new one if the last was closed.

    Settings come from the environment, `.env` and pyproject.toml, once for each client. A
    missing key is no error: each result says so.

    Raises:
        ConfigurationError: A setting is wrong: its setter's fault.
        ValidatorClosed: The interpreter is ending.
    """
    with _shared.lock:
        if _shared.client is None or _shared.client.is_closed:
            _shared.client = DaytonaClient().open()
        return _shared.client


def _after_fork() -> None:
    _shared.lock = threading.Lock()
    for client in tuple(_clients):
        client._forget_the_parent()  # noqa: SLF001 - of this module


_clients: weakref.WeakSet[DaytonaClient] = weakref.WeakSet()
_shared = _Shared()

in_forked_child(_after_fork)

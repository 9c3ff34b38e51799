"""Whether snippets would run, asked before they come: by a start, or by a probe every few seconds.

A provider that knows more answers for itself; of any other, whatever `prove` and `prepare` raise is
missing. An answer is kept for a while, and asked for once however many want it; who asks is held up
for no longer than they say, and the search goes on for the next one who asks.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable

from daytona_validate._core.languages.table import LANGUAGES, find_language
from daytona_validate._core.printable import one_line
from daytona_validate._errors import ConfigurationError, SandboxUnavailable
from daytona_validate._models import Reason, SandboxSpec
from daytona_validate._models.readiness import Missing, Readiness
from daytona_validate._pipeline_config import PipelineConfig
from daytona_validate._providers.protocol import CheckedProvider, ProvableProvider, SandboxProvider
from daytona_validate._runtime.tasks import retrieve

_logger = logging.getLogger("daytona_validate")

GOOD_FOR_S = 30.0
"""How long an answer counts by which nothing is missing."""
BAD_FOR_S = 3.0
"""The same where something is: somebody may just have mended it."""


class ReadinessCheck:
    """Readiness probe of one provider: cached, coalesced, bounded in time.

    Args:
        provider: Whose sandboxes it is about.
        config: Limits and packages that snippets have.
        clock: Monotonic seconds.
    """

    def __init__(
        self,
        provider: SandboxProvider,
        config: PipelineConfig,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._provider = provider
        self._config = config
        self._clock = clock
        self._known: dict[tuple[str, ...], tuple[float, Readiness]] = {}
        self._tasks: dict[tuple[str, ...], asyncio.Task[Readiness]] = {}

    async def readiness(self, languages: tuple[str, ...], *, longest_s: float) -> Readiness:
        """Return what is missing.

        Args:
            languages: Names in the table, each once, in its order.
            longest_s: Seconds after which it is only known that it takes longer.
        """
        until_s, known = self._known.get(languages, (0.0, Readiness()))
        if self._clock() < until_s:
            return known
        task = self._tasks.get(languages)
        if task is None:
            task = self._tasks[languages] = asyncio.create_task(self._look(languages))
            task.add_done_callback(retrieve)
        await asyncio.wait((task,), timeout=longest_s)
        if not task.done():
            advice = f"It is not known after {longest_s:g} s and still looked for: ask again."
            return Readiness((_missing("answer", Reason.CREATE_TIMEOUT, advice),))
        if task.cancelled():  # by the end of the event loop, or of the validator
            return Readiness((_missing("answer", Reason.CLOSED, "The validator is closed."),))
        return task.result()

    async def aclose(self) -> None:
        """Look for nothing any more."""
        tasks = tuple(self._tasks.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _look(self, languages: tuple[str, ...]) -> Readiness:
        try:
            found = Readiness(await self._missing(languages))
            lasts_s = GOOD_FOR_S if found.is_ready else BAD_FOR_S
            self._known[languages] = self._clock() + lasts_s, found
            return found
        finally:
            del self._tasks[languages]

    async def _missing(self, languages: tuple[str, ...]) -> tuple[Missing, ...]:
        provider = self._provider
        what, found = "provider", list[Missing]()
        try:
            if isinstance(provider, CheckedProvider):
                return await provider.missing(languages)
            if isinstance(provider, ProvableProvider):
                what = "isolation"
                await provider.prove()
        except Exception as error:  # noqa: BLE001 - said to whoever asks, as results say it
            return (_refusal(what, error),)
        for language in languages:
            try:
                await provider.prepare(self._spec(language))
            except Exception as error:  # noqa: BLE001 - as above
                found.append(_refusal(language, error))
        return tuple(found)

    def _spec(self, language: str) -> SandboxSpec:
        return SandboxSpec(
            language=language,
            limits=self._config.limits(),
            packages=self._config.packages.get(language, ()),
            parts=frozenset(),  # of a library made in parts, as little as shows that it can be made
        )


def languages_named(names: Iterable[str]) -> tuple[str, ...]:
    """Return languages by their names or aliases: each once, as and where the table has it.

    Raises:
        ConfigurationError: There is none of a name: the caller's fault.
    """
    found: set[str] = set()
    for name in names:
        language = find_language(name)
        if language is None:
            raise ConfigurationError(f"There is no language {name!r}: {', '.join(LANGUAGES)} are.")
        found.add(language.name)
    return tuple(name for name in LANGUAGES if name in found)


def _refusal(what: str, error: Exception) -> Missing:
    if isinstance(error, SandboxUnavailable):
        return _missing(what, error.reason, str(error))
    _logger.error("A readiness check failed.", exc_info=error)
    return _missing(what, Reason.BUG, f"Unexpected {type(error).__name__}: a bug, see the log")


def _missing(what: str, reason: Reason, advice: str) -> Missing:
    return Missing(what=what, reason=reason, advice=one_line(advice))

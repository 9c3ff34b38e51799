"""How an open validator is made from settings.

Provider and pipeline are handed the settings as such and read them by protocols of their own:
neither knows where they come from.
"""

from __future__ import annotations

import logging
import math
from typing import TYPE_CHECKING

from daytona_validate._observe.events import OnEvent
from daytona_validate._observe.telemetry import telemetry_here
from daytona_validate._observe.watch import Watch
from daytona_validate._pipeline import Pipeline
from daytona_validate._pipeline_traced import TracedPipeline
from daytona_validate._providers.protocol import SandboxProvider
from daytona_validate._providers.registry import (
    DEFAULT_CONCURRENCY,
    ProviderParts,
    provider_entry,
)
from daytona_validate._runtime.limiter import Slots
from daytona_validate._sandbox_pool.pool import SandboxPool
from daytona_validate._session import Session
from daytona_validate._settings import Settings

if TYPE_CHECKING:
    import httpx  # heavy, and only the Daytona provider needs it

    from daytona_validate._result_cache.result_cache import ResultCache

_logger = logging.getLogger("daytona_validate")


def make_session(
    settings: Settings,
    *,
    provider: str | SandboxProvider | None,
    concurrency: int | None,
    http_client: httpx.AsyncClient | None,
    on_event: OnEvent | None = None,
) -> Session:
    """Return a session; it may block, as a provider's import takes long.

    Args:
        settings: What holds where the other arguments are None.
        provider: By name or as such; None: what the settings say.
        concurrency: Snippets at a time; None: what the settings say, else the provider's default.
        http_client: The caller's own for the service; None: one is made.
        on_event: Told of each event; None: nobody is.
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
    watch = Watch(on_event, telemetry=telemetry_here())
    pool = None
    if uses > 1:
        pool = SandboxPool(provider, uses=uses, places=slots.total, watch=watch)
    pipeline = TracedPipeline if watch.telemetry.is_on else Pipeline
    return Session(
        provider,
        slots,
        pipeline(provider, slots, settings, watch=watch),
        config=settings,
        watch=watch,
        pool=pool,
        cache=_cache(provider, settings),
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


def _log_notice(notice: str) -> None:
    _logger.info("%s", notice)

"""The table of providers by name. Each is imported only when it is made."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from daytona_validate._core.service_url import DEFAULT_BASE_URL
from daytona_validate._errors import ConfigurationError
from daytona_validate._models import Limits
from daytona_validate._providers.protocol import SandboxProvider

if TYPE_CHECKING:
    import httpx  # heavy, and only the Daytona provider needs it


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSettings:
    """What the providers are made from; each takes what concerns it."""

    api_key: SecretStr | None = None
    """Of the Daytona service."""
    base_url: str = DEFAULT_BASE_URL
    network: str = "blocked"
    """`blocked`, or `organization` for whatever that has set."""
    target: str | None = None
    """The region; None: the organization's default."""
    cpu: int = 1
    limits: Limits = field(default_factory=Limits)
    """Of a snippet that brings none of its own."""
    create_timeout_s: float = 60.0
    request_timeout_s: float = 30.0
    http_client: httpx.AsyncClient | None = None
    """The caller's own client for the service; never closed by us. None: one is made."""
    cache_dir: Path | None = None
    machine_slots: int | None = None
    """Local sandboxes that run at one time; None: what suits the machine."""
    queue_timeout_s: float | None = None
    """How long to wait for one of them; None: for ever."""
    on_notice: Callable[[str], None] | None = None
    """Told what a provider does that takes long, such as preparing a toolchain."""


@dataclass(frozen=True, slots=True)
class ProviderEntry:
    """How a provider is made, and how many snippets it takes at a time by default."""

    make: Callable[[ProviderSettings], SandboxProvider]
    concurrency: Callable[[], int]


def _make_daytona(settings: ProviderSettings) -> SandboxProvider:
    from daytona_validate._providers.daytona.config import DaytonaConfig  # noqa: PLC0415
    from daytona_validate._providers.daytona.provider import DaytonaProvider  # noqa: PLC0415

    config = DaytonaConfig(
        api_key=settings.api_key,
        base_url=settings.base_url,
        network=settings.network,
        target=settings.target,
        cpu=settings.cpu,
        limits=settings.limits,
        create_timeout_s=settings.create_timeout_s,
        request_timeout_s=settings.request_timeout_s,
        http_client=settings.http_client,
    )
    return DaytonaProvider(config)


def _make_local(settings: ProviderSettings) -> SandboxProvider:
    from daytona_validate._providers.local import LocalProvider  # noqa: PLC0415

    return LocalProvider(
        cache_dir=settings.cache_dir,
        on_notice=settings.on_notice,
        machine_slots=settings.machine_slots,
        queue_timeout_s=settings.queue_timeout_s,
    )


def _twice_the_cores() -> int:
    """Return 2 x the cores that this process may use: starting a jail waits about as it works."""
    return 2 * len(os.sched_getaffinity(0))


DEFAULT_CONCURRENCY = 10
"""Also the pool of Daytona's first tier."""

PROVIDERS: Mapping[str, ProviderEntry] = {
    "daytona": ProviderEntry(_make_daytona, lambda: DEFAULT_CONCURRENCY),
    "local": ProviderEntry(_make_local, _twice_the_cores),
}


def provider_entry(name: str) -> ProviderEntry:
    """Return a provider's entry by its name.

    Raises:
        ConfigurationError: There is none of this name: the caller's fault.
    """
    entry = PROVIDERS.get(name)
    if entry is None:
        raise ConfigurationError(f"provider accepts {' or '.join(PROVIDERS)}, not {name!r}")
    return entry

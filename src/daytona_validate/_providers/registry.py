"""The table of providers by name. Each is imported only when it is made."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from daytona_validate._errors import ConfigurationError
from daytona_validate._providers.config import ProviderConfig
from daytona_validate._providers.protocol import SandboxProvider
from daytona_validate._systems import processors

if TYPE_CHECKING:
    import httpx  # heavy, and only the Daytona provider needs it


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderParts:
    """What a provider takes from its caller besides the settings."""

    on_notice: Callable[[str], None] | None = None
    """Receives a line of text before anything slow, such as the preparation of a toolchain."""
    on_waiting: Callable[[tuple[str, ...]], None] | None = None
    """Receives what is being prepared, one text for each, whenever that changes."""
    http_client: httpx.AsyncClient | None = None
    """The caller's own client for the service; never closed by us. None: one is made."""


@dataclass(frozen=True, slots=True)
class ProviderEntry:
    """How a provider is made, and how many snippets it takes at a time by default."""

    make: Callable[[ProviderConfig, ProviderParts], SandboxProvider]
    concurrency: Callable[[], int]
    most_at_a_time: Callable[[ProviderConfig], float] = lambda _config: math.inf
    """How many it runs at a time, however many it is asked for. Who waits for that inside a
    provider stands in a line of its own, which knows no calls and is not fair to them."""


def _make_daytona(config: ProviderConfig, parts: ProviderParts) -> SandboxProvider:
    from daytona_validate._providers.daytona.provider import DaytonaProvider  # noqa: PLC0415

    return DaytonaProvider(config, http_client=parts.http_client)


def _make_local(config: ProviderConfig, parts: ProviderParts) -> SandboxProvider:
    if sys.platform != "linux":
        from daytona_validate._providers.other_systems import NoLocalSandboxes  # noqa: PLC0415

        return NoLocalSandboxes()
    from daytona_validate._providers.local import LocalProvider  # noqa: PLC0415

    return LocalProvider(config, parts.on_notice, on_waiting=parts.on_waiting)


def _twice_the_cores() -> int:
    """Return 2 x the cores that this process may use: starting a jail waits about as it works."""
    return 2 * processors()


DEFAULT_CONCURRENCY = 10
"""Also the pool of Daytona's first tier."""

PROVIDERS: Mapping[str, ProviderEntry] = {
    "daytona": ProviderEntry(_make_daytona, lambda: DEFAULT_CONCURRENCY),
    "local": ProviderEntry(
        _make_local,
        _twice_the_cores,
        lambda config: config.machine_slots or _twice_the_cores(),
    ),
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

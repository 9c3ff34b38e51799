"""What providers read of the settings: the declaration that their reading is checked against.

Each name is one of `Settings`, where it has its one default. `Settings` is handed to a provider as
such, and nothing is copied; a provider can read no other setting, and does not know where they
come from.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Protocol

from pydantic import SecretStr

from daytona_validate._models import Limits


class DaytonaConfig(Protocol):
    """The settings that the Daytona provider reads."""

    api_key: SecretStr | None
    base_url: str
    network: Literal["blocked", "organization"]
    target: str | None
    cpu: int
    snippets_per_sandbox: int
    create_timeout_s: float
    request_timeout_s: float
    packages: dict[str, tuple[str, ...]]

    def limits(self) -> Limits:
        """Return the limits that snapshots were built for."""
        ...


class LocalConfig(Protocol):
    """The settings that the local provider reads."""

    cache_dir: Path | None
    machine_slots: int | None
    queue_timeout_s: float | None
    packages_timeout_s: float
    warm: Literal["auto", "off"]
    python_engine: Literal["cold", "zygote"]


class ProviderConfig(DaytonaConfig, LocalConfig, Protocol):
    """The settings that any provider reads."""

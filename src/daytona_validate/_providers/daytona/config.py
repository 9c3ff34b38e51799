"""What sandboxes of the service are asked for with, and what a provider takes from the world."""

from __future__ import annotations

import asyncio
import platform
import random
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import SecretStr

from daytona_validate._core import service_url
from daytona_validate._models import Limits

if TYPE_CHECKING:
    import httpx


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """Time, chance and this machine."""

    clock: Callable[[], float] = time.monotonic
    """Monotonic seconds."""
    epoch_s: Callable[[], float] = time.time
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    dice: Callable[[], float] = random.random
    """A number in [0, 1)."""
    token: Callable[[], str] = lambda: secrets.token_hex(16)
    """Letters and digits that nobody can guess, each time others."""
    host: str = field(default_factory=platform.node)


@dataclass(frozen=True, slots=True, kw_only=True)
class DaytonaConfig:
    """What sandboxes of the service are asked for with."""

    api_key: SecretStr | None = None
    base_url: str = service_url.DEFAULT_BASE_URL
    network: str = "blocked"
    """`blocked`, or `organization` for whatever that has set."""
    target: str | None = None
    """The region; None: the organization's default."""
    cpu: int = 1
    limits: Limits = field(default_factory=Limits)
    """The limits that snapshots were built for."""
    create_timeout_s: float = 60.0
    request_timeout_s: float = 30.0
    max_connections: int = 10_100
    """Of a client of ours. Slots bound what is in flight, up to 10,000 snippets, and removals
    bound themselves: this only says that there is a bound."""
    http_client: httpx.AsyncClient | None = None
    """The caller's own; never closed by us. None: one is made."""

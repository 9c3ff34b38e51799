"""What a provider takes from the world: clock, random, identifiers and the name of its host."""

from __future__ import annotations

import asyncio
import random
import secrets
import socket
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """Injected effects: clock, sleep, random numbers, identifiers; tests have their own."""

    clock: Callable[[], float] = time.monotonic
    """Monotonic seconds."""
    epoch_s: Callable[[], float] = time.time
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    random: Callable[[], float] = random.random
    """A number in [0, 1)."""
    token: Callable[[], str] = lambda: secrets.token_hex(16)
    """Random identifier: letters and digits that nobody can guess, each time others."""
    host: str = field(default_factory=socket.gethostname)

"""What has happened in an emulator, in numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The counters at one moment."""

    created: int
    """Sandboxes that came to be, also those that failed to start."""
    deleted: int
    """Sandboxes that are destroyed to the end, by whomever."""
    expired: int
    """Of those, how many the emulator destroyed by itself: auto-stop, auto-delete, TTL."""
    alive: int
    """Sandboxes that are not destroyed to the end."""
    machines: int
    """Emulated machines that are there."""
    executes: int
    """Commands that reached a sandbox."""
    executing: int
    """Commands that run."""
    open_connections: int
    violations: int
    """Bodies that the official models refuse; always 0 unless the emulator is strict."""
    requests: dict[str, int] = field(default_factory=dict[str, int])
    """Requests by operation."""
    faults: dict[str, int] = field(default_factory=dict[str, int])
    """Faults that were met, by kind."""


@dataclass(slots=True)
class Counters:
    """Counters: incremented while the emulator works."""

    created: int = 0
    deleted: int = 0
    expired: int = 0
    machines: int = 0
    executes: int = 0
    executing: int = 0
    requests: Counter[str] = field(default_factory=Counter[str])

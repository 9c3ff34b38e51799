"""What a provider's sandboxes have come to, for a service that bills them by the second."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxAccount:
    """Billing account of sandboxes, as far as the client can know it."""

    created: int
    """Sandboxes that were started."""
    sandbox_seconds: float
    """The seconds of all sandboxes added up, each from when the service first said that it was
    started until it confirmed that it is removed; until now, where it has not confirmed that. The
    service's own count may begin a moment earlier, and end one."""

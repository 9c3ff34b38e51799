"""How many sandboxes there were, and for how long: what Daytona bills."""

from __future__ import annotations

from collections.abc import Callable

from daytona_validate._core.sandbox_account import SandboxAccount


class SandboxMeter:
    """Usage meter of a provider's sandboxes.

    Args:
        clock: Monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._created = 0
        self._ended_s = 0.0
        self._since_s: dict[str, float] = {}
        """Since when those run whose removal is not confirmed."""

    def starts(self, name: str) -> None:
        """Count a sandbox from now on."""
        self._created += 1
        self._since_s[name] = self._clock()

    def ends(self, name: str) -> None:
        """Count it no more; one that was never seen to start was not counted."""
        since_s = self._since_s.pop(name, None)
        if since_s is not None:
            self._ended_s += self._clock() - since_s

    def account(self) -> SandboxAccount:
        """Return what was counted up to now."""
        now_s = self._clock()
        running_s = sum(now_s - since_s for since_s in self._since_s.values())
        return SandboxAccount(created=self._created, sandbox_seconds=self._ended_s + running_s)

"""The handle of a running emulator, as a test holds it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from daytona_validate._emulator.condition import Condition
from daytona_validate._emulator.counts import Counts
from daytona_validate._emulator.faults.fault_plan import FaultPlan, faults_from


@dataclass(frozen=True, slots=True, kw_only=True)
class Emulator:
    """Handle: where an emulator listens, which faults it injects, and what has happened in it."""

    origin: str
    """Such as `http://127.0.0.1:40123`."""
    api_key: str = field(repr=False)
    faults: FaultPlan
    violations: list[str]
    """What a strict emulator found wrong in bodies; empty, or a test has failed."""
    count: Callable[[], Counts]
    condition: Condition

    @property
    def base_url(self) -> str:
        """The base URL of the API, for `DAYTONA_BASE_URL`."""
        return f"{self.origin}/api"

    @property
    def environment(self) -> dict[str, str]:
        """What a client needs in its environment: this package's, or the official SDK."""
        return {
            "DAYTONA_API_KEY": self.api_key,
            "DAYTONA_BASE_URL": self.base_url,
            "DAYTONA_API_URL": self.base_url,
        }

    @property
    def counts(self) -> Counts:
        """The counters now."""
        return self.count()

    def set(self, operation: str, kind: str, **more: object) -> None:
        """Set one fault: `set("create", "throttled", last=2)`.

        Raises:
            ConfigurationError: No operation, kind or field has that name. The caller's fault.
        """
        self.faults.set(*faults_from({"operation": operation, "kind": kind, **more}))

    async def until(self, is_true: Callable[[Counts], bool]) -> Counts:
        """Return the counters once the predicate is true of them; there is no time limit."""
        await self.condition.wait_for(lambda: is_true(self.counts))
        return self.counts

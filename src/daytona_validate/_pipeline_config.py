"""What the pipeline reads of the settings, and the total timeout that follows from it."""

from __future__ import annotations

from typing import Protocol

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._models import Limits
from daytona_validate._reason import Reason

BACKSTOP_S = 15.0
"""What `total_timeout_s` adds to its parts by default: starting and ending the program."""


class NoVerdict(SandboxUnavailable):
    """The total timeout of a snippet is over.

    Args:
        total_s: It, in seconds.
    """

    reason = Reason.TOTAL_TIMEOUT

    def __init__(self, total_s: float) -> None:
        super().__init__(f"No verdict within {total_s:g} s in all (DAYTONA_TOTAL_TIMEOUT)")


class PipelineConfig(Protocol):
    """The settings that the pipeline reads; each is one of `Settings`, with its default there."""

    timeouts: dict[str, float]
    packages: dict[str, tuple[str, ...]]
    create_timeout_s: float
    create_attempts: int
    total_timeout_s: float | None

    @property
    def max_code_bytes(self) -> int:
        """Size of the largest code that is taken."""
        ...

    def limits(self) -> Limits:
        """Return the limits of a snippet that brings none of its own."""
        ...


def total_limit_s(config: PipelineConfig, limits: Limits) -> float:
    """Return the total timeout of one snippet in seconds; its own limits may only extend it."""
    parts_s = config.create_timeout_s + limits.compile_timeout_s + limits.timeout_s
    total_s = config.total_timeout_s
    return parts_s + BACKSTOP_S if total_s is None or total_s < parts_s else total_s

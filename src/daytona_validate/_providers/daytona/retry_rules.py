"""Rules for retry tables on failures of the service: which kinds, and after how long. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeGuard

from daytona_validate._core.retry_policy import SPREAD
from daytona_validate._providers.daytona.wire.failures import FailureKind, ServiceFailure

THROTTLE_S = 10.0
"""The wait after a throttle that does not say how long."""


def is_kind(*kinds: FailureKind) -> Callable[[BaseException], TypeGuard[ServiceFailure]]:
    """Return whether an error is a failure of one of some kinds, as a function."""

    def holds(error: BaseException) -> TypeGuard[ServiceFailure]:
        return isinstance(error, ServiceFailure) and error.kind in kinds

    return holds


is_throttled = is_kind(FailureKind.THROTTLED)


def retryable_but(*kinds: FailureKind) -> Callable[[BaseException], bool]:
    """Return whether an error is a retryable failure of none of some kinds, as a function."""

    def holds(error: BaseException) -> bool:
        if not isinstance(error, ServiceFailure):
            return False
        return error.retryable and error.kind not in kinds

    return holds


def as_asked(
    usual_s: float, *, throttled_s: float
) -> Callable[[int, BaseException | None, float], float]:
    """Return a `Schedule` of the waits that failures ask for, up to a quarter longer, and endless.

    Args:
        usual_s: The wait after a failure that asks for none.
        throttled_s: The same after a throttle.
    """

    def schedule(tries: int, error: BaseException | None, random: float) -> float:
        del tries
        asked_s = error.retry_after_s if isinstance(error, ServiceFailure) else None
        default_s = throttled_s if error is not None and is_throttled(error) else usual_s
        return (asked_s or default_s) * (1 + SPREAD * random)

    return schedule

"""Retry policy: which failures are retried, and the exponential backoff with full jitter."""

from __future__ import annotations

from daytona_validate._errors import SandboxUnavailable

FIRST_DELAY_S = 0.5
LONGEST_DELAY_S = 30.0
_MOST_DOUBLINGS = 32  # beyond it the cap has long been reached, and 2.0**1100 overflows


def should_retry(error: BaseException) -> bool:
    """Return whether a failure is retryable: only a `SandboxUnavailable` with that flag is.

    An allowlist on purpose: what is not known to be safe to repeat is not repeated, cancellation
    and `TimeoutError` included.
    """
    return isinstance(error, SandboxUnavailable) and error.retryable


def delay_s(attempt: int, *, retry_after_s: float | None, dice: float) -> float:
    """Return the seconds to wait: `dice * min(30, 0.5 * 2 ** (attempt - 1))`, fully jittered.

    Args:
        attempt: Tries made so far, from 1. After the first: up to 0.5 s; from the 7th on: up to 30.
        retry_after_s: Seconds that the service asked us to wait. They are waited whole, and the
            jittered delay on top, so that not all clients return at once. None: it asked for
            nothing.
        dice: A random number in [0, 1).
    """
    doublings = min(max(attempt - 1, 0), _MOST_DOUBLINGS)
    delay = dice * min(LONGEST_DELAY_S, FIRST_DELAY_S * 2.0**doublings)
    return delay if retry_after_s is None else max(0.0, retry_after_s) + delay

"""Retry policy (backoff with full jitter) as tables: what is retried, when, and until when. Pure.

`_runtime/retries.py` has tenacity run them. The tables: for opening a sandbox, whoever makes it
(`opening`, here), and for requests to Daytona (below `_providers/daytona/`): to create a sandbox
(`CREATION` in `creation.py`), to run a snippet (`RESENDS` in `sandbox.py`), to activate a snapshot
(`REQUESTS` in `activation.py`), to build one and to ask for it (`BUILD_REQUESTS` and `QUESTIONS`
in `snapshots.py`). A removal is a state machine with a schedule for each state (`TRANSITIONS` in
`removal_steps.py`). `_pipeline.py` runs a snippet once more, in a new sandbox, if the first gave no
verdict. The loops that ask for a state until it comes are polls, and no retries;
`creation.py` gives a sandbox up after `LOST_POLLS` that failed in a row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from daytona_validate._errors import SandboxUnavailable

FIRST_DELAY_S = 0.5
LONGEST_DELAY_S = 30.0
SPREAD = 0.25
"""How much later than asked the last may come, as a part of the wait: not all at one moment."""
_MOST_DOUBLINGS = 32  # beyond it the cap has long been reached, and 2.0**1100 overflows

Schedule: TypeAlias = Callable[[int, BaseException | None, float], float | None]
"""Delays, and until when: from the number of tries that have failed so (from 1), the last error if
there is one, and a number in [0, 1) to the seconds before the next try; None: it was the last."""


@dataclass(frozen=True, slots=True)
class RetryRule:
    """One row of a table: which errors are tried again, and when."""

    what: Callable[[BaseException], bool]
    schedule: Schedule


RetryTable: TypeAlias = tuple[RetryRule, ...]
"""The first rule that matches an error counts. An error that none matches is not tried again: a
positive list on purpose, as what is not known to be safe to repeat is not repeated."""


class RetryRun:
    """One run by a table: counts how often each of its rules was met.

    Args:
        table: The rules.
    """

    def __init__(self, table: RetryTable) -> None:
        self._table = table
        self._met: dict[RetryRule, int] = {}

    def __call__(self, error: BaseException, random: float) -> float | None:
        """Return the seconds before the next try; None: there is no next try.

        Args:
            error: Why the last try failed.
            random: A number in [0, 1).
        """
        rule = next((rule for rule in self._table if rule.what(error)), None)
        if rule is None:
            return None
        self._met[rule] = met = self._met.get(rule, 0) + 1
        return rule.schedule(met, error, random)


def opening(attempts: int) -> RetryTable:
    """Return the table for opening a sandbox: what says itself that it may pass, with backoff.

    Args:
        attempts: Tries in all, the first included.
    """
    return (RetryRule(should_retry, up_to(attempts - 1, backoff_s)),)


def should_retry(error: BaseException) -> bool:
    """Return whether a failure is retryable: only a `SandboxUnavailable` with that flag is.

    An allowlist on purpose: what is not known to be safe to repeat is not repeated, cancellation
    and `TimeoutError` included.
    """
    return isinstance(error, SandboxUnavailable) and error.retryable


def up_to(most: int, schedule: Schedule) -> Schedule:
    """Return a schedule that ends after so many tries more."""
    return lambda tries, error, random: None if tries > most else schedule(tries, error, random)


def listed(delays_s: Sequence[float]) -> Schedule:
    """Return a schedule of some delays, each a fifth shorter to a fifth longer, and no more."""

    def schedule(tries: int, error: BaseException | None, random: float) -> float | None:
        del error
        return None if tries > len(delays_s) else delays_s[tries - 1] * (0.8 + 0.4 * random)

    return schedule


def at_once(tries: int, error: BaseException | None, random: float) -> float:
    """Return no delay, as often as it is asked for: something else is waited for."""
    del tries, error, random
    return 0.0


def backoff_s(tries: int, error: BaseException | None, random: float) -> float:
    """Return the delay of `delay_s`, with the wait that the error asks for."""
    retry_after_s = error.retry_after_s if isinstance(error, SandboxUnavailable) else None
    return delay_s(tries, retry_after_s=retry_after_s, random=random)


def delay_s(attempt: int, *, retry_after_s: float | None, random: float) -> float:
    """Return the seconds to wait: `random * min(30, 0.5 * 2 ** (attempt - 1))`, fully jittered.

    Args:
        attempt: Tries made so far, from 1. After the first: up to 0.5 s; from the 7th on: up to 30.
        retry_after_s: Seconds that the service asked us to wait. They are waited whole, and the
            jittered delay on top, so that not all clients return at once. None: it asked for
            nothing.
        random: A random number in [0, 1).
    """
    doublings = min(max(attempt - 1, 0), _MOST_DOUBLINGS)
    delay = random * min(LONGEST_DELAY_S, FIRST_DELAY_S * 2.0**doublings)
    return delay if retry_after_s is None else max(0.0, retry_after_s) + delay

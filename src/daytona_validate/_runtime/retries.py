"""Retry with backoff: tenacity runs what `_core/retry_policy.py` says in tables.

It is entered after a failure only, which it meets as that of its own first try: nearly all tries
succeed at once, and are not to pay for its bookkeeping.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeAlias, TypeVar

import tenacity

from daytona_validate._runtime.noted_retries import note_retry
from daytona_validate._runtime.tasks import cancels

Value = TypeVar("Value")
Policy: TypeAlias = Callable[[BaseException, float], float | None]
"""From an error and a number in [0, 1) to the seconds before the next try; None: there is none."""
BeforeRetry: TypeAlias = Callable[[int, BaseException, float], Awaitable[None] | None]


async def retried(
    attempt: Callable[[], Awaitable[Value]],
    next_delay_s: Policy,
    *,
    operation: str = "request",
    before_retry: BeforeRetry | None = None,
    random: Callable[[], float] = random.random,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Value:
    """Return what the first attempt that succeeds returns.

    Cancellation is never retried, whatever the policy says.

    Args:
        attempt: One try.
        next_delay_s: The policy: from the error and a number in [0, 1) to the seconds before the
            next try; None: there is none. Asked once for each error; see `RetryRun` and `within`.
        operation: What is retried, as `note_retry` has it.
        before_retry: Told the number of tries so far, the error and the delay before each retry.
        random: A number in [0, 1).
        sleep: Waits for some seconds.

    Raises:
        BaseException: The last try's error, unchanged; or what `before_retry` raised.
    """
    cancels_before = cancels()
    try:
        return await attempt()
    except Exception as error:  # noqa: BLE001 - tenacity meets it as its first, and decides
        following = _after([error], attempt)
    wait_s: float | None = None

    def is_worth_it(error: BaseException) -> bool:
        nonlocal wait_s
        # A cancelled context may come out with an error of its own.
        if cancels() > cancels_before or not isinstance(error, Exception):
            return False
        wait_s = next_delay_s(error, random())
        return wait_s is not None

    async def announce(state: tenacity.RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome is not None else None
        if error is not None:
            note_retry(operation, error)
        if before_retry is not None and error is not None:
            told = before_retry(state.attempt_number, error, state.upcoming_sleep)
            if told is not None:
                await told

    return await tenacity.AsyncRetrying(
        retry=tenacity.retry_if_exception(is_worth_it),
        wait=lambda _: wait_s or 0.0,
        before_sleep=announce,
        sleep=sleep,
        reraise=True,
    )(following)


def within(longest_s: float, ran_s: Callable[[], float], next_delay_s: Policy) -> Policy:
    """Return a policy that ends when a time is over; a delay beyond it is not waited.

    Args:
        longest_s: Seconds; no try begins later.
        ran_s: How many are over.
        next_delay_s: The policy until then.
    """

    def policy(error: BaseException, random: float) -> float | None:
        delay_s = next_delay_s(error, random)
        return None if delay_s is None or ran_s() + delay_s >= longest_s else delay_s

    return policy


def _after(
    failed: list[Exception], attempt: Callable[[], Awaitable[Value]]
) -> Callable[[], Awaitable[Value]]:
    """Return an attempt that begins with a failure that was met already."""

    async def following() -> Value:
        if failed:
            raise failed.pop()  # not held: an error and what raises it would keep each other alive
        return await attempt()

    return following
